"""Addresses are compared by their parts; whatever two readers could read differently is none."""

import pytest

from cds_service.outbound.addresses import Address
from cds_service.outbound.ranges import is_callable

LISTED = "https://ehr.example.org/fhir"
HOST = "ehr.example.org"


def listed() -> Address:
    found = Address.parse(LISTED)
    assert found is not None
    return found


SAME = [
    LISTED, f"{LISTED}/", f"https://{HOST}:443/fhir", f"https://{HOST}:443/fhir/", f"HTTPS://{HOST.upper()}/fhir",
    "https://EHR.example.ORG/fhir", f"{LISTED}/tenant-1", f"{LISTED}/r4/a_b~c.d",
]  # fmt: skip
OTHER = [
    "", "https://", "https:///fhir", "fhir", "//ehr.example.org/fhir", "/fhir", "https:ehr.example.org/fhir",
    f"http://{HOST}/fhir", f"ftp://{HOST}/fhir", f"wss://{HOST}/fhir", "file:///fhir", "javascript:alert(1)",
    f"https://{HOST}", f"https://{HOST}/", f"https://{HOST}/FHIR", f"https://{HOST}/Fhir", f"https://{HOST}/fhirx",
    f"https://{HOST}/fhi", f"https://{HOST}/x/fhir", f"https://{HOST}/fhir.evil", f"https://{HOST}/fhir-evil",
    # the host
    f"https://{HOST}.evil.example/fhir", f"https://{HOST}evil.example/fhir", f"https://evil.example/{HOST}/fhir",
    f"https://x.{HOST}/fhir", "https://example.org/fhir", f"https://{HOST}./fhir", f"https://{HOST}../fhir",
    f"https://.{HOST}/fhir", "https://ehr..example.org/fhir", f"https://-{HOST}-/fhir",
    "https://ehr%2eexample.org/fhir",
    f"https://{HOST}%2f.evil.example/fhir", f"https://{HOST}%00/fhir", f"https://{HOST}%20/fhir",
    "https://ehr.example.org\u3002/fhir", "https://\u0435hr.example.org/fhir", "https://ehr\u3002example.org/fhir",
    "https://ehr.example.\u00f6rg/fhir", "https://\uff45hr.example.org/fhir", "https://ehr.exam\u00adple.org/fhir",
    "https://xn--hr-8cd.example.org/fhir", "https://ehr.example.org\u200b/fhir",
    # the user
    f"https://evil.example@{HOST}/fhir", f"https://{HOST}@evil.example/fhir", f"https://u:p@{HOST}/fhir",
    f"https://{HOST}:443@evil.example/fhir", f"https://@{HOST}/fhir", f"https://{HOST}%40evil.example/fhir",
    f"https://{HOST}\\@evil.example/fhir", f"https://evil.example\\@{HOST}/fhir", f"https://:@{HOST}/fhir",
    # the port
    f"https://{HOST}:8443/fhir", f"https://{HOST}:80/fhir", f"https://{HOST}:/fhir", f"https://{HOST}:0443/fhir",
    f"https://{HOST}:0/fhir", f"https://{HOST}:443443/fhir", f"https://{HOST}:+443/fhir",
    f"https://{HOST}:443:443/fhir",
    f"https://{HOST}:-443/fhir", f"https://{HOST}:4\uff143/fhir", f"https://{HOST}:65979/fhir",
    f"https://{HOST}:44x/fhir",
    # the path
    f"{LISTED}/..", f"{LISTED}/../admin", f"{LISTED}/../fhir", f"https://{HOST}/x/../fhir", f"{LISTED}/.",
    f"{LISTED}/./a",
    f"{LISTED}/%2e%2e/admin", f"{LISTED}/.%2e/admin", f"{LISTED}/%2E%2E", f"{LISTED}/%252e%252e/", f"{LISTED}%2f..",
    f"{LISTED}/a%2fb", f"{LISTED}/a%2Fb", f"{LISTED}/a%5cb", f"{LISTED}\\..\\admin", f"{LISTED}/..\\admin",
    f"{LISTED}//x", f"https://{HOST}//fhir", f"{LISTED}/%00", f"{LISTED}/%0d%0aX:y", f"{LISTED}/..;/admin",
    f"{LISTED}/a;/../b", f"{LISTED}/%c0%ae%c0%ae/", f"{LISTED}/%ff", f"{LISTED}/\u2025/x", f"{LISTED}/\uff0e\uff0e/x",
    f"https://{HOST}/%66hir", f"https://{HOST}/f%68ir",
    # query, fragment, space, line ends
    f"{LISTED}#", f"{LISTED}#@evil.example", f"https://evil.example#{LISTED}", f"https://evil.example/#@{HOST}/fhir",
    f"https://evil.example?{LISTED}", f"https://{HOST}?@evil.example/fhir", f"https://{HOST}#@evil.example/fhir",
    f" {LISTED}", f"{LISTED} ", f"https://{HOST} /fhir", f"{LISTED}\n", f"\t{LISTED}", f"https://{HOST}/fhir\r\nX: y",
    f"ht\ntps://{HOST}/fhir", f"{LISTED}\x00", f"https://{HOST}\n.evil.example/fhir", f"{LISTED}\u2028",
    f"<{LISTED}>", f'{LISTED}"', f"{LISTED}`", f"{LISTED}/{{x}}", f"{LISTED}/" + "a" * 9000,
    f"url:{LISTED}", f"https:/{HOST}/fhir", f"https:\\\\{HOST}\\fhir", f"https:///{HOST}/fhir",
    f"http+https://{HOST}/fhir",
    # addresses in many spellings
    "https://127.0.0.1/fhir", "https://127.1/fhir", "https://2130706433/fhir", "https://0x7f000001/fhir",
    "https://017700000001/fhir", "https://0/fhir", "https://[::1]/fhir", "https://[::ffff:127.0.0.1]/fhir",
    "https://[::ffff:7f00:1]/fhir", "https://169.254.169.254/fhir", "https://[fe80::1%25eth0]/fhir",
    "https://[::]/fhir",
]  # fmt: skip


@pytest.mark.parametrize("text", SAME)
@pytest.mark.threat("B04")
def test_another_spelling_of_the_listed_address_or_a_place_below_it_is_held(text: str) -> None:
    found = Address.parse(text)
    assert found is not None
    assert listed().holds(found)
    assert found.base.startswith(LISTED)


@pytest.mark.parametrize("text", OTHER, ids=range(len(OTHER)))
@pytest.mark.threat("B04")
def test_no_other_address_is_held(text: str) -> None:
    found = Address.parse(text)
    assert found is None or not listed().holds(found)


@pytest.mark.parametrize(
    "text",
    [
        "https://127.1/", "https://2130706433/", "https://0x7f000001/", "https://017700000001/", "https://0x7f.0.0.1/",
        "https://127.0.0.01/", "https://1.2.3.4.5/", "https://1.2.3/", "https://0/", "https://[127.0.0.1]/",
        "https://[::1%25eth0]/", "https://[fe80::1%eth0]/", "https://[::1]x/", "https://[::1/", "https://::1/",
        "https://[v1.a]/", "https://[:::1]/", "https://1.2.3.0x4/", "https://[00001::1]/",
    ],
)  # fmt: skip
@pytest.mark.threat("B05")
def test_a_host_that_only_some_read_as_an_address_is_none(text: str) -> None:
    assert Address.parse(text) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://[::1]/a", "https://[0:0:0:0:0:0:0:1]/a"), ("https://[::FFFF:10.0.0.1]/", "https://[::ffff:a00:1]"),
        ("http://h:80/a/", "http://h/a"), ("https://10.0.0.1:443", "https://10.0.0.1/"),
    ],
)  # fmt: skip
@pytest.mark.threat("B04")
def test_spellings_of_one_address_are_equal(one: str, other: str) -> None:
    assert Address.parse(one) == Address.parse(other) is not None


@pytest.mark.parametrize(
    ("link", "leads_to"),
    [
        (f"{LISTED}?_getpages=1&_offset=20", f"{LISTED}?_getpages=1&_offset=20"),
        (f"{LISTED}/Condition?a=http://x//y/../z", f"{LISTED}/Condition?a=http://x//y/../z"),
        ("?page=2", f"{LISTED}/Condition?page=2"), ("Condition?page=2", f"{LISTED}/Condition?page=2"),
        ("/fhir/Condition?page=2", f"{LISTED}/Condition?page=2"), (f"https://{HOST}:443/fhir/x", f"{LISTED}/x"),
    ],
)  # fmt: skip
@pytest.mark.threat("B08")
def test_a_link_below_the_base_is_followed(link: str, leads_to: str) -> None:
    at = Address.parse(f"{LISTED}/Condition?patient=p1")
    assert at is not None
    found = at.follow(link)
    assert found is not None
    assert listed().holds(found)
    assert found.text == leads_to


@pytest.mark.parametrize(
    "link",
    [
        "", " ", "//evil.example/fhir", "https://evil.example/fhir", f"http://{HOST}/fhir?page=2", "../../admin", "..",
        "./../x", "/admin", f"https://{HOST}:8443/fhir?page=2", f"{LISTED}/../admin", "\\\\evil.example",
        "javascript:x",
        "/fhir/%2e%2e/admin", "/fhir//x", "Condition?page=2#x", "file:///etc/passwd", "http:", "https:/fhir/x",
        f"https://u@{HOST}/fhir?page=2", "Condition?page=\r\nX: y", "https://[/fhir", "a b", "?q=\u00e4",
    ],
)  # fmt: skip
@pytest.mark.threat("B08")
def test_no_other_link_is_followed(link: str) -> None:
    at = Address.parse(f"{LISTED}/Condition?patient=p1")
    assert at is not None
    found = at.follow(link)
    assert found is None or not listed().holds(found)


@pytest.mark.parametrize(
    "text",
    [
        "10.1.2.3", "192.168.1.1", "172.16.0.1", "127.0.0.1", "::1", "100.64.0.1", "8.8.8.8", "fd12:3456::1",
        "192.0.1.1",
        "2a00:1450::1", "::ffff:10.0.0.1", "168.63.129.15", "168.63.129.17", "169.253.255.255", "169.255.0.0",
        "1.0.0.0",
        "223.255.255.255", "fd00:ec2::253", "fe00::1", "2001:1::1", "64:ff9c::1", "192.0.3.0",
    ],
)  # fmt: skip
@pytest.mark.threat("B05")
def test_an_address_that_a_hospital_may_use_is_callable(text: str) -> None:
    assert is_callable(text)


@pytest.mark.parametrize(
    "text",
    [
        "0.0.0.0",  # noqa: S104  # nothing is bound here
        "0.255.255.255", "169.254.0.0", "169.254.169.254", "169.254.255.255", "168.63.129.16", "192.0.0.1",
        "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "100.100.100.200", "::", "::127.0.0.1", "::2",
        "::ffff:169.254.169.254", "::ffff:0.0.0.0", "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::", "fe80::1",
        "febf::1", "fec0::1", "feff::1", "ff02::1", "fd00:ec2::254", "2001:0:1::1", "2001:db8::1", "fe80::1%eth0",
        "::1%lo",
        "", "localhost", "127.1", "10.0.0.1:80",
    ],
)  # fmt: skip
@pytest.mark.threat("B05")
def test_an_address_that_no_fhir_server_has_is_not_callable(text: str) -> None:
    assert not is_callable(text)
