"""jointsky: the air picture and the joint decision of two nations that share one radar array."""
