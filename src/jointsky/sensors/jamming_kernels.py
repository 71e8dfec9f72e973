"""Kernels behind jamming.py: the jamming of one jammer against a radar's own noise."""
# mypy: ignore-errors

from jointsky._jit import kernel


@kernel
def jam_to_noise(listening_db, density_db, range_m, loss_db):
    """Return jamming over noise, as a power ratio; ``loss_db`` one way, off the main lobe."""
    return 10.0 ** (0.1 * (listening_db + density_db - loss_db)) / (range_m * range_m)
