"""What the controller knows of its portals and readers themselves: which of them hear nothing."""
