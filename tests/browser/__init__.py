"""A running centre, looked at and worked with as people do. A package, so that its fixtures end with it."""
