"""The world as processes: server, children that speak OPC UA, the line between them, the bench."""
