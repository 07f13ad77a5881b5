"""The SAC decree on the tickets of regulated tenants: the clocks as they stand, and the dossier that proves them."""
