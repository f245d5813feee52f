"""How the tables came to be, one step a file; run by cds_service.store.migrate."""
