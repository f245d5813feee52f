"""Our anatomy tables: regions, neighbours, structures, nodal drainage, site codes."""
