"""Errors of the store.

CDSServiceError
└── StoreError              the store cannot be used as it stands; the start ends
    └── StoreVersionError   its tables are of a later version of this program
"""

from cds_service.errors import CDSServiceError


class StoreError(CDSServiceError):
    """The store cannot be used as it stands."""


class StoreVersionError(StoreError):
    """The tables are of a version that this program does not know: it would write into them wrongly."""
