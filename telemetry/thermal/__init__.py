"""How a store warms when its cooling fails: a first-order model of air and load, fitted on the store's own events."""
