"""Transport: trips of vans and drones, the weather that stops a drone, boxes coming home, returns of hospitals.

Here a trip is planned and followed; what stands in the house is `wms.outbound`'s.
"""
