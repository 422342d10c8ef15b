"""Vans, drones and the weather of the virtual centre: pure state that steps with the world, and its edge on MQTT.

The heat of roads, flights and boxes is in `simulators.physics`.
"""
