"""The JSON of `/api/v1`, one file per feature. Pydantic only: nothing here asks the warehouse or knows a rule."""
