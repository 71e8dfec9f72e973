"""Problems of assignment: the public instances, and random ones with limits of all kinds."""
