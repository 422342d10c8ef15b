"""What vehicles and their drivers say on MQTT: one file of messages. No protocol library, no logic."""
