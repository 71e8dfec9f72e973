"""Where things lie in the tracker's arrays: names of columns, read by kernels and their friends.

A track is one row of a few arrays, not one entry of many: whatever a plot changes lies together
in memory, and numba compiles few arguments much faster than many.  Units as in the records.
"""
# mypy: ignore-errors

# How a plot says where the target is (records.plots.Geometry, and bearings without a range).
POLAR, LOCAL, GEODETIC, BEARING = 0, 1, 2, 3

# One model of one track: state 7 (position 3, velocity 3, turn rate), weight, covariance packed
# by rows of its lower triangle: (0,0) (1,0) (1,1) (2,0) ... (6,6).
STATES = 7
WEIGHT = 7
COV = 8
PACKED = 28
BODY = 36

# Models, in this order, and the columns of their table.
QUIET, CLIMB, TURN, MANOEUVRE, SLOW = 0, 1, 2, 3, 4
MODELS = 5
PSD_ACROSS, PSD_UP, PSD_TURN, MEMORY_S = 0, 1, 2, 3
MODEL_COLUMNS = 4

# Plots, float64 (P, PLOT_FLOATS).  A variance of 0: not measured.
P_TIME, P_RANGE, P_SIN_AZ, P_COS_AZ, P_SIN_EL, P_COS_EL, P_RATE = 0, 1, 2, 3, 4, 5, 6
P_VAR_1, P_VAR_2, P_VAR_3, P_VAR_RATE, P_VAR_HEIGHT = 7, 8, 9, 10, 11
P_SLOPE = 12  # of the second error on the first, local and geodetic plots
P_X = 13  # 3: position in the frame, at its height or at one taken for granted
P_AXES = 16  # 9: east, north, up as rows; of the sensor for local plots, but up is the plot's own
P_MAP = 25  # 3: east, north on the index's map, rough height
P_SIGMA, P_SIGMA_UP, P_SLACK = 28, 29, 30  # for the coarse gate; slack for want of a height
P_VE, P_VN, P_VAR_VELOCITY = 31, 32, 33
P_PRESSURE = 34
P_SHARE = 35  # of the sensor's false plots, per unit of the place's measurement space
P_OTHER = 36  # density of a false plot in what is measured beside the place
P_TARGET = 37  # density of a target's plot in the same
P_LOOKS = 38  # looks a second that all sensors take at this place
P_GROUND = 39  # area of ground per unit of the place's measurement space, m2
P_RISE = 40  # of the told height above the position's own
P_ORDER = 41  # 2: azimuth, or east and north, or latitude and longitude: sort plots of one time
PLOT_FLOATS = 43
# Plots, int64 (P, PLOT_INTS); -1: not known
P_SENSOR, P_GEOMETRY, P_MODE_S, P_MODE_A, P_CALL_SIGN, P_IDENTIFIED, P_CELL = 0, 1, 2, 3, 4, 5, 6
P_NUMBER, P_BEFORE = 7, 8  # its own, and of the plot that its track took before it
P_FLAGS = 9
PLOT_INTS = 10
FIRST, NOBODYS = -1, -2  # P_BEFORE of a plot that began its track, that no track took

# Sensors, float64 (S, SENSOR_FLOATS)
S_ORIGIN = 0  # 3, in the frame
S_AXES = 3  # 9: east, north, up as rows
S_PERIOD, S_WINDOW, S_DETECTION, S_REACH = 12, 13, 14, 15
S_DETECTION_KNOWN, S_FALSE_KNOWN = 16, 17  # 1: declared, not estimated
S_FALSE, S_FALSE_IDENTIFIED = 18, 19  # false plots a turn, plain and with an identity
S_SINCE = 20  # time of the last estimate
S_MAP = 21  # 2: place on the index's map
S_CELL = 23  # width of its cells, m
S_RANGE_CELL, S_AZIMUTH_CELL = 24, 25  # targets nearer than both make one plot; 0: none do
SENSOR_FLOATS = 26
# What is estimated by cell of a sensor's own square map, float64 (S, CELL_FLOATS, CELLS)
CELLS_ACROSS = 8
CELLS = 64
C_HITS, C_LOOKS = 0, 1  # of confirmed tracks
C_SHARE = 2  # of the false plots, were they even in range and azimuth
C_FALSE, C_TURNS = 3, 4  # false plots and turns of late
C_FRESH, C_FRESH_IDENTIFIED = 5, 6  # false plots since the last estimate; the latter in cell 0
CELL_FLOATS = 7

# Tracks, float64 (T, TRACK_FLOATS); the first ten are what the coarse gate reads
T_E, T_N, T_U, T_VE, T_VN, T_VU, T_TIME, T_SIGMA, T_SIGMA_V, T_SIGMA_UP = (
    0,
    1,
    2,
    3,
    4,
    5,
    6,
    7,
    8,
    9,
)
T_EXISTENCE, T_FIRST, T_BORN, T_PRESSURE, T_DUE, T_TURN_S = 10, 11, 12, 13, 14, 15
T_MEAN = 16  # 6
T_UP = 22  # 3
T_SEEN = 25  # time of the newest plot that is surely its own
T_ALIVE = 26  # time up to which it is accounted for that a target may have gone
TRACK_FLOATS = 27
# Tracks, int64 (T, TRACK_INTS)
I_STATUS, I_NUMBER, I_PLOTS, I_MODE_S, I_MODE_A, I_VOTES, I_CALL_SIGN = 0, 1, 2, 3, 4, 5, 6
I_WILD, I_BATCH, I_BORN_BY, I_BORN_CELL = 7, 8, 9, 10
I_LAST = 11  # number of the plot it took last
I_FLAGS = 12  # what its plots said
TRACK_INTS = 13
# Tracks in the grids, int32 (T, LINKS): bucket, the tracks there beside it; place there, reach, m
J_CELL, J_PREVIOUS, J_NEXT, J_EAST, J_NORTH, J_REACH = 0, 1, 2, 3, 4, 5
LINKS = 6
# Tracks by sensor, float64 (T, S, 4)
L_HIT, L_LOOK, L_VIEW, L_EVERY = 0, 1, 2, 3
LOOK_FLOATS = 4
NEVER = -1e18
FREE, TENTATIVE, CONFIRMED = 0, 1, 2

# What goes on between calls, int64 (COUNTERS,) and float64 (CLOCKS,)
N_LIVE, N_NUMBER, N_BATCH, N_STEPS, N_UPDATES, N_FREE, N_SPARE = 0, 1, 2, 3, 4, 5, 6
COUNTERS = 7
K_HOUSEKEPT = 0
CLOCKS = 1

# Settings as the kernels want them, float64 (SETTINGS,)
(
    G_SPEED_SIGMA,
    G_CLIMB_SIGMA,
    G_HEIGHT,
    G_HEIGHT_SIGMA,
    G_TURN_ACCELERATION,
    G_LOST_VIEW,
    G_DENSITY,
    G_LIFE_S,
    G_CONFIRM,
    G_DROP,
    G_COAST_S,
    G_SIGMAS,
    G_SWITCHING,
    G_BEND,
    G_FLAT,
    G_WORST_PSD,
    G_METHOD,
    G_SHOW,
    G_BIRTH,  # 1: a track's number is that of the plot that began it
) = range(19)
G_GATE = 19  # 8: squared distance by number of rows
SETTINGS = 27

# Results, float64 (N, ROW_FLOATS) and int64 (N, ROW_INTS)
R_TIME, R_EXISTENCE, R_MANOEUVRE, R_PRESSURE = 0, 1, 2, 3
R_MEAN = 4  # 6
R_COV = 10  # 21 packed, in the frame
ROW_FLOATS = 31
O_NUMBER, O_STATUS, O_PLOTS, O_MODE_S, O_MODE_A, O_CALL_SIGN, O_PLOT = 0, 1, 2, 3, 4, 5, 6
O_FLAGS = 7
ROW_INTS = 8
