"""What antennas hear: the link, whole passes, reader speed and shelf rounds (world.md 3). Pure."""
