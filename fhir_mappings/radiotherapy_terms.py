"""What a modality or technique code says, old codes included, and the closed list of texts for uncoded ones."""

import re
from collections.abc import Mapping

from clinical_rules.facts import Modality

M = Modality
Meaning = tuple[tuple[Modality, ...], str | None]
"""The modalities a term stands for, and the technique it names."""

TERMS: Mapping[str, Meaning] = {
    # modality, mCODE 4.0.0
    "1156506007": ((M.PHOTON,), None), "45643008": ((M.ELECTRON,), None), "10611004": ((M.PROTON,), None),
    "1156505006": ((M.CARBON,), None), "80347004": ((M.NEUTRON,), None),
    "1156708005": ((M.BRACHYTHERAPY,), "LDR"), "1156384006": ((M.BRACHYTHERAPY,), "PDR"),
    "394902000": ((M.BRACHYTHERAPY,), "HDR"), "438629002": ((M.BRACHYTHERAPY,), "electronic"),
    "169359004": ((M.PERMANENT_IMPLANT,), None), "440252007": ((M.RADIONUCLIDE,), None),
    # modality, earlier versions and other guides
    "448385000": ((M.PHOTON,), None), "169291001": ((M.PHOTON,), None), "312248006": ((M.CARBON,), None),
    "33195004": ((M.EXTERNAL_BEAM,), None), "152198000": ((M.BRACHYTHERAPY,), None),
    "399315003": ((M.RADIONUCLIDE,), None), "1263784000": ((M.RADIONUCLIDE,), None),
    "764677008": ((M.RADIONUCLIDE,), None),
    # technique, mCODE 4.0.0
    "441799006": ((M.EXTERNAL_BEAM,), "IMRT"), "1156530009": ((M.EXTERNAL_BEAM,), "VMAT"),
    "1162782007": ((M.EXTERNAL_BEAM,), "3D-CRT"), "1156526006": ((M.EXTERNAL_BEAM,), "2D"),
    "168524008": ((M.INTRA_OPERATIVE,), "intra-operative"), "1163157007": ((M.EXTERNAL_BEAM,), "FLASH"),
    "169317000": ((M.NEUTRON_CAPTURE,), "neutron capture"), "1156529004": ((M.UNKNOWN,), "passive scattering"),
    "1156528007": ((M.UNKNOWN,), "spot scanning"), "1204242009": ((M.UNKNOWN,), "particle scanning"),
    "384692006": ((M.BRACHYTHERAPY,), "intracavitary"), "1156382005": ((M.BRACHYTHERAPY,), "intracavitary"),
    "113120007": ((M.BRACHYTHERAPY,), "interstitial"), "1156383000": ((M.BRACHYTHERAPY,), "intravascular"),
    "384691004": ((M.BRACHYTHERAPY,), "intraluminal"), "14473006": ((M.BRACHYTHERAPY,), "surface"),
    "16560241000119104": ((M.RADIONUCLIDE,), "oral"),
    # stereotactic treatment (German guide; public value sets)
    "395096001": ((M.EXTERNAL_BEAM,), "stereotactic"), "115959002": ((M.EXTERNAL_BEAM,), "radiosurgery"),
    "429584001": ((M.EXTERNAL_BEAM,), "radiosurgery"), "447704003": ((M.EXTERNAL_BEAM,), "radiosurgery"),
    "64134004": ((M.PHOTON,), "radiosurgery"), "447912004": ((M.EXTERNAL_BEAM,), "stereotactic"),
    # kinds of radiation (German concept map)
    "290006006": ((M.PHOTON,), None), "286630003": ((M.PHOTON,), None), "46602004": ((M.ELECTRON,), None),
    "58607005": ((M.NEUTRON,), None), "89177007": ((M.PROTON,), None), "312253001": ((M.CARBON,), None),
    "89457008": ((M.RADIONUCLIDE,), None),
}  # fmt: skip

DRAFT_TERMS: Mapping[str, Meaning] = {
    "PHOTON": ((M.PHOTON,), None), "ELECTRON": ((M.ELECTRON,), None), "PROTON": ((M.PROTON,), None),
    "NEUTRON": ((M.NEUTRON,), None), "CARBON": ((M.CARBON,), None), "LDR": ((M.BRACHYTHERAPY,), "LDR"),
    "LDR-TEMP": ((M.BRACHYTHERAPY,), "LDR"), "LDR-PERM": ((M.PERMANENT_IMPLANT,), None),
    "PDR": ((M.BRACHYTHERAPY,), "PDR"), "HDR": ((M.BRACHYTHERAPY,), "HDR"),
    "ELEC": ((M.BRACHYTHERAPY,), "electronic"), "PHARM": ((M.RADIONUCLIDE,), None),
    "mcode-radiotherapy-ebrt": ((M.EXTERNAL_BEAM,), None), "mcode-radiotherapy-brachy": ((M.BRACHYTHERAPY,), None),
    "mcode-teleradiotherapy-treatment-phase": ((M.EXTERNAL_BEAM,), None),
    "mcode-brachytherapy-treatment-phase": ((M.BRACHYTHERAPY,), None),
    "teleradiotherapy-phase-prescription": ((M.EXTERNAL_BEAM,), None),
}  # fmt: skip
"""Codes of the provisional mCODE systems (drafts 1.5.0 and 1.16)."""

TEXTS: Mapping[str, Meaning] = {
    **dict.fromkeys(("radiotherapy", "radiation therapy", "radiation treatment"), ((), None)),
    **dict.fromkeys(
        ("external beam radiotherapy", "external beam radiation therapy", "external beam radiation", "ebrt",
         "teleradiotherapy", "whole brain radiotherapy", "whole brain radiation therapy", "wbrt",
         "total body irradiation", "craniospinal irradiation"), ((M.EXTERNAL_BEAM,), None)),
    **dict.fromkeys(("imrt", "intensity modulated radiation therapy", "intensity modulated radiotherapy"),
                    ((M.EXTERNAL_BEAM,), "IMRT")),
    **dict.fromkeys(("vmat", "volumetric modulated arc therapy"), ((M.EXTERNAL_BEAM,), "VMAT")),
    **dict.fromkeys(("three dimensional external beam radiation therapy", "3d conformal radiotherapy", "3d-crt"),
                    ((M.EXTERNAL_BEAM,), "3D-CRT")),
    **dict.fromkeys(("sbrt", "sabr", "stereotactic body radiation therapy", "stereotactic body radiotherapy",
                     "stereotactic radiotherapy", "stereotactic ablative radiotherapy"),
                    ((M.EXTERNAL_BEAM,), "stereotactic")),
    **dict.fromkeys(("srs", "stereotactic radiosurgery", "gamma knife", "gamma knife radiosurgery"),
                    ((M.EXTERNAL_BEAM,), "radiosurgery")),
    **dict.fromkeys(("photons", "photon therapy", "external beam radiation therapy using photons"),
                    ((M.PHOTON,), None)),
    **dict.fromkeys(("electrons", "electron therapy", "external beam radiation therapy using electrons"),
                    ((M.ELECTRON,), None)),
    **dict.fromkeys(("protons", "proton therapy", "proton beam therapy"), ((M.PROTON,), None)),
    **dict.fromkeys(("carbon ions", "carbon ion therapy", "carbon ion radiotherapy"), ((M.CARBON,), None)),
    **dict.fromkeys(("boron neutron capture therapy", "neutron capture therapy", "bnct"),
                    ((M.NEUTRON_CAPTURE,), "neutron capture")),
    **dict.fromkeys(("brachytherapy", "high dose rate brachytherapy", "hdr brachytherapy", "low dose brachytherapy",
                     "low dose rate brachytherapy", "high dose brachytherapy"), ((M.BRACHYTHERAPY,), None)),
    "intracavitary brachytherapy": ((M.BRACHYTHERAPY,), "intracavitary"),
    "interstitial brachytherapy": ((M.BRACHYTHERAPY,), "interstitial"),
    **dict.fromkeys(("permanent seeds", "permanent seed implant", "seed implant"), ((M.PERMANENT_IMPLANT,), None)),
    **dict.fromkeys(("radionuclide therapy", "radioligand therapy", "radioiodine therapy",
                     "selective internal radiation therapy", "radioembolization", "radioembolisation"),
                    ((M.RADIONUCLIDE,), None)),
    **dict.fromkeys(("intraoperative radiotherapy", "intraoperative radiation therapy", "iort"),
                    ((M.INTRA_OPERATIVE,), "intra-operative")),
}  # fmt: skip
"""Closed list, ours: whole texts of coded elements, lower case."""

_TAG = re.compile(r"\s*\((?:procedure|regime/therapy|qualifier value)\)\Z")


def text_meaning(text: str | None) -> Meaning | None:
    """What a text of the closed list says; None for every other text.

    >>> text_meaning("Boron neutron capture therapy (procedure)")
    ((<Modality.NEUTRON_CAPTURE: 'neutron-capture'>,), 'neutron capture')
    >>> text_meaning("Radiotherapy planning") is None
    True
    """
    return None if text is None else TEXTS.get(_TAG.sub("", " ".join(text.lower().split())))
