"""Kernels that only kernels call, within reach of the tests: the tests import each from here.

One module, so that each is compiled once for all of them and found in the cache under one name.
"""

from jointsky._jit import bare_kernel
from jointsky.tracking import (
    gating_kernels,
    house_kernels,
    lifecycle_kernels,
    looks_kernels,
    measurement_kernels,
    merging_kernels,
    motion_kernels,
    rows_kernels,
    tracker_kernels,
    update_kernels,
)


@bare_kernel
def predict(b, m, dt, models, up, scratch):
    motion_kernels.predict(b, m, dt, models, up, scratch)


@bare_kernel
def combine(bodies, mean, packed):
    motion_kernels.combine(bodies, mean, packed)


@bare_kernel
def rest_slow(bodies):
    motion_kernels.rest_slow(bodies)


@bare_kernel
def hold_height(b, up, settings, d, vertical):
    tracker_kernels.hold_height(b, up, settings, d, vertical)


@bare_kernel
def predict_track(track, before, to_s, world, bench, out):
    tracker_kernels.predict_track(track, before, to_s, world, bench, out)


@bare_kernel
def small_atan2(y, x):
    return measurement_kernels.small_atan2(y, x)


@bare_kernel
def first_model(b, q, geometry, sensor, place, range_sigma_m, settings, scratch, d):
    lifecycle_kernels.first_model(
        b, q, geometry, sensor, place, range_sigma_m, settings, scratch, d
    )


@bare_kernel
def first_models(bodies, usual, acceleration):
    lifecycle_kernels.first_models(bodies, usual, acceleration)


@bare_kernel
def unknown_turn_rate(b, acceleration):
    return motion_kernels.turn_rate_variance(b, acceleration)


@bare_kernel
def remove(links, heads, t):
    gating_kernels.remove(links, heads, t)


@bare_kernel
def is_near(track, q, sigmas, settings):
    return gating_kernels.is_near(track, q, sigmas, settings)


@bare_kernel
def along_bearing(floats, ints, live, q, sensor, settings, found):
    return gating_kernels.along_bearing(floats, ints, live, q, sensor, settings, found)


@bare_kernel
def identity_log_ratio(track_mode_s, track_mode_a, plot_mode_s, plot_mode_a):
    return gating_kernels.identity_log_ratio(track_mode_s, track_mode_a, plot_mode_s, plot_mode_a)


@bare_kernel
def settle(floats, links, heads, bodies, t, settings, plane, packed):
    lifecycle_kernels.settle(floats, links, heads, bodies, t, settings, plane, packed)


@bare_kernel
def cell_at(sensor, east, north):
    return looks_kernels.cell_at(sensor, east, north)


@bare_kernel
def detection_at(sensors, cells, s, cell):
    return looks_kernels.detection_at(sensors, cells, s, cell)


@bare_kernel
def false_density(q, i, sensors, cells):
    return looks_kernels.false_density(q, i, sensors, cells)


@bare_kernel
def target_density(q, settings):
    return looks_kernels.target_density(q, settings)


@bare_kernel
def note_interval(look, gap_s):
    looks_kernels.note_interval(look, gap_s)


@bare_kernel
def see(track, look, time):
    looks_kernels.see(track, look, time)


@bare_kernel
def count_look(sensors, cells, s, cell, weight, hit):
    looks_kernels.count_look(sensors, cells, s, cell, weight, hit)


@bare_kernel
def estimate_false_rate(sensors, cells, s, now):
    looks_kernels.estimate_false_rate(sensors, cells, s, now)


@bare_kernel
def count_false(cells, s, cell, identified):
    looks_kernels.count_false(cells, s, cell, identified)


@bare_kernel
def vertical(flat, x, y, z, up):
    return lifecycle_kernels.vertical(flat, x, y, z, up)


@bare_kernel
def begin(floats, ints, looks, bodies, t, number, q, i, place, sigma_m, world, existence, bench):
    lifecycle_kernels.begin(
        floats, ints, looks, bodies, t, number, q, i, place, sigma_m, world, existence, bench
    )


@bare_kernel
def note_plot(floats, ints, looks, t, q, i):
    lifecycle_kernels.note_plot(floats, ints, looks, t, q, i)


@bare_kernel
def free_row(links, counters):
    return lifecycle_kernels.free_row(links, counters)


@bare_kernel
def end(ints, links, heads, counters, t):
    lifecycle_kernels.end(ints, links, heads, counters, t)


@bare_kernel
def are_one(floats, ints, looks, a, b, sensors):
    return lifecycle_kernels.are_one(floats, ints, looks, a, b, sensors)


@bare_kernel
def merge(slot, none, bench, into):
    update_kernels.merge(slot, none, bench, into)


@bare_kernel
def share_out(slot, best, method, missed, bench):
    return update_kernels.share_out(slot, best, method, missed, bench)


@bare_kernel
def take_pairs(slot, best, theirs, own, bench):
    update_kernels.take_pairs(slot, best, theirs, own, bench)


@bare_kernel
def keep_weights(bodies):
    update_kernels.keep_weights(bodies)


@bare_kernel
def question_height(ints, up, wild, bodies, settings):
    update_kernels.question_height(ints, up, wild, bodies, settings)


@bare_kernel
def has_gone(f, n, now, settings):
    return house_kernels.has_gone(f, n, now, settings)


@bare_kernel
def keep_house(book, world, now, bench, out, written):
    return house_kernels.keep_house(book, world, now, bench, out, written)


@bare_kernel
def write(track, ints, looks, time, now, mean, packed, bodies, status, plot, out, n):
    rows_kernels.write(track, ints, looks, time, now, mean, packed, bodies, status, plot, out, n)


@bare_kernel
def mix(before, stay, usual, acceleration, common, out):
    motion_kernels.mix(before, stay, usual, acceleration, common, out)


@bare_kernel
def measure(b, q, geometry, sensor, dt, bend, rows):
    return measurement_kernels.measure(b, q, geometry, sensor, dt, bend, rows)


@bare_kernel
def take_rows(b, rows, n, reference, leans, up, d):
    return measurement_kernels.take_rows(b, rows, n, reference, leans, up, d)


@bare_kernel
def put(links, heads, t, east, north, reach_m):
    gating_kernels.put(links, heads, t, east, north, reach_m)


@bare_kernel
def near(floats, links, heads, q, settings, found):
    return gating_kernels.near(floats, links, heads, q, settings, found)


@bare_kernel
def miss_looks(track, status, looks, now, sensors, cells, settings):
    looks_kernels.miss_looks(track, status, looks, now, sensors, cells, settings)


@bare_kernel
def existence_at(track, looks, to_s, world, bench):
    return tracker_kernels.existence_at(track, looks, to_s, world, bench)


@bare_kernel
def gate_reach(track, age_s, settings):
    return gating_kernels.reach(track, age_s, settings)


@bare_kernel
def unresolved(slot, other, look, bench):
    return merging_kernels.unresolved(slot, other, look, bench)


@bare_kernel
def exist_together(first, slot, look, seen, up, bench):
    return merging_kernels.exist_together(first, slot, look, seen, up, bench)


@bare_kernel
def give_middle(count, look, book, bench):
    merging_kernels.give_middle(count, look, book, bench)
