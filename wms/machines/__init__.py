"""What machines are asked and what their reports change: command outbox, preparation, freezing. No MQTT."""
