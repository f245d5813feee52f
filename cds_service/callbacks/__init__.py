"""Fetches from the client's FHIR server what its prefetch left out: from addresses on its list, in little time."""
