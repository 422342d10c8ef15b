"""Who lives in the virtual centre: donors, hospitals, staff, their agents on the warehouse's HTTP API, the opening."""
