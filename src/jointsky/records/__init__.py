"""The spine: what one room hands to another, frozen, as columns with units in their names."""
