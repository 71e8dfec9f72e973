"""Kernels behind fields.py: the bits of Mode S frames become numbers.

Bit numbers are those of the documents: bit 1 of the ME field (ADS-B) is bit 33 of the frame.
Sources: RTCA DO-260B / EUROCAE ED-102A 2.2.3.2 (ADS-B), ICAO Annex 10 vol. IV 3.1.2 (replies).
"""
# mypy: ignore-errors

import math

from jointsky._jit import kernel

KIND_OTHER = 0
KIND_AIRBORNE = 1  # BDS 0,5: airborne position
KIND_SURFACE = 2  # BDS 0,6: surface position
KIND_IDENTITY = 3  # BDS 0,8 or 2,0: call sign
KIND_VELOCITY = 4  # BDS 0,9: airborne velocity
KIND_STATUS = 5  # BDS 6,1: emergency and Mode A code
KIND_TARGET = 6  # BDS 6,2: target state
KIND_OPERATION = 7  # BDS 6,5: version and accuracy
KIND_SQUAWK = 8  # Mode A code of DF5 or DF21
KIND_ALTITUDE = 9  # pressure altitude of DF0, 4, 16 or 20

UNKNOWN_FT = -99999
FOREIGN = 1 << 24  # added to a DF18 address that is not an ICAO one


@kernel
def bits(me, first, count):
    """Return ``count`` bits from bit ``first`` of the frame, 33 to 88, where ``me`` is those 56."""
    return (me >> (89 - first - count)) & ((1 << count) - 1)


@kernel
def whole(frame, first, last):
    """Return octets ``first`` to ``last`` - 1 of a frame as one number."""
    value = 0
    for k in range(first, last):
        value = value << 8 | frame[k]
    return value


@kernel
def mode_a_of(field):
    """Return the Mode A code (12 bits, A4 A2 A1 B4 ... D1) of a 13-bit identity field."""
    a = ((field >> 7) & 1) << 2 | ((field >> 9) & 1) << 1 | ((field >> 11) & 1)
    b = ((field >> 1) & 1) << 2 | ((field >> 3) & 1) << 1 | ((field >> 5) & 1)
    c = ((field >> 8) & 1) << 2 | ((field >> 10) & 1) << 1 | ((field >> 12) & 1)
    d = (field & 1) << 2 | ((field >> 2) & 1) << 1 | ((field >> 4) & 1)
    return a << 9 | b << 6 | c << 3 | d


@kernel
def gillham_ft(field):
    """Return feet of a 13-bit field in 100 ft steps (Gillham code), or UNKNOWN_FT.

    D2 D4 A1 A2 A4 B1 B2 B4 count 500 ft in Gray code, C1 C2 C4 count 100 ft within them.
    """
    code = mode_a_of(field)
    a, b, c, d = (code >> 9) & 7, (code >> 6) & 7, (code >> 3) & 7, code & 7
    if d & 1 or c == 0:
        return UNKNOWN_FT
    gray = 0
    for digit in (d >> 1 & 1, d >> 2 & 1, a & 1, a >> 1 & 1, a >> 2, b & 1, b >> 1 & 1, b >> 2):
        gray = gray << 1 | digit
    fives = 0
    while gray:
        fives ^= gray
        gray >>= 1
    ones = 0
    gray = (c & 1) << 2 | (c >> 1 & 1) << 1 | c >> 2
    while gray:
        ones ^= gray
        gray >>= 1
    if ones == 7:
        ones = 5
    elif ones in (5, 6):
        return UNKNOWN_FT
    if fives & 1:
        ones = 6 - ones
    return fives * 500 + ones * 100 - 1300


@kernel
def altitude_ft(field):
    """Return feet of a 13-bit altitude field (AC of a reply), or UNKNOWN_FT where not said."""
    if field == 0 or field & 0x40:  # nought: not known; M bit: metric, not used anywhere
        return UNKNOWN_FT
    if field & 0x10:
        return 25 * ((field & 0x1F80) >> 2 | (field & 0x20) >> 1 | (field & 0xF)) - 1000
    return gillham_ft(field)


@kernel
def call_sign_of(me):
    """Return the 8 characters of bits 41 to 88 as 48 bits, or -1 if one is not a character."""
    packed = 0
    seen = False
    for k in range(8):
        c = bits(me, 41 + 6 * k, 6)
        if not (1 <= c <= 26 or c == 32 or 48 <= c <= 57):
            return -1
        seen = seen or c != 32
        packed = packed << 6 | c
    return packed if seen else -1


@kernel
def ground_speed_kt(movement):
    """Return the knots of a 7-bit movement field, NaN where not known (ED-102A table 2-21)."""
    if movement < 1 or movement > 124:
        return math.nan
    if movement == 1:
        return 0.0
    if movement <= 8:
        return 0.125 * (movement - 1)
    if movement <= 12:
        return 1.0 + 0.25 * (movement - 9)
    if movement <= 38:
        return 2.0 + 0.5 * (movement - 13)
    if movement <= 93:
        return 15.0 + (movement - 39)
    if movement <= 108:
        return 70.0 + 2.0 * (movement - 94)
    if movement <= 123:
        return 100.0 + 5.0 * (movement - 109)
    return 175.0


@kernel
def _velocity(me, n, out):
    """Read BDS 0,9 into row n; a component of nought is "not known", not nought."""
    subtype = bits(me, 38, 3)
    step = 4.0 if subtype in (2, 4) else 1.0
    if subtype in (1, 2):
        east, north = bits(me, 47, 10), bits(me, 58, 10)
        if east and north:
            out.ve_kt[n] = (east - 1) * step * (-1.0 if bits(me, 46, 1) else 1.0)
            out.vn_kt[n] = (north - 1) * step * (-1.0 if bits(me, 57, 1) else 1.0)
    elif subtype not in (3, 4):
        return KIND_OTHER
    rate = bits(me, 70, 9)
    if rate:
        out.rate_fpm[n] = (rate - 1) * 64.0 * (-1.0 if bits(me, 69, 1) else 1.0)
    above = bits(me, 82, 7)
    if 0 < above < 127:  # 127: more than 3137.5 ft
        out.above_ft[n] = (above - 1) * 25.0 * (-1.0 if bits(me, 81, 1) else 1.0)
    return KIND_VELOCITY


@kernel
def _position(me, n, type_code, out):
    """Read the CPR part and what stands beside it into row n."""
    out.odd[n] = bits(me, 54, 1)
    out.cpr_lat[n] = bits(me, 55, 17)
    out.cpr_lon[n] = bits(me, 72, 17)
    if 5 <= type_code <= 8:
        out.nuc[n] = 14 - type_code
        speed = ground_speed_kt(bits(me, 38, 7))
        if bits(me, 45, 1):
            track = bits(me, 46, 7) * 2.0 * math.pi / 128.0
            out.ve_kt[n], out.vn_kt[n] = speed * math.sin(track), speed * math.cos(track)
        elif speed == 0.0:
            out.ve_kt[n], out.vn_kt[n] = 0.0, 0.0
        return KIND_SURFACE
    out.alert[n] = bits(me, 38, 2)
    field = bits(me, 41, 12)
    height = altitude_ft((field & 0xFC0) << 1 | (field & 0x3F))
    if type_code <= 18:
        out.nuc[n] = 18 - type_code
        out.pressure_ft[n] = math.nan if height == UNKNOWN_FT else height
    else:
        out.nuc[n] = 29 - type_code if type_code < 22 else 0
        out.height_ft[n] = math.nan if height == UNKNOWN_FT else height
    return KIND_AIRBORNE


@kernel
def _extended(me, n, out):
    """Read the ME field of a DF17 or DF18 into row n and return its kind."""
    type_code = bits(me, 33, 5)
    out.type_code[n] = type_code
    if 5 <= type_code <= 18 or 20 <= type_code <= 22:
        return _position(me, n, type_code, out)
    if 1 <= type_code <= 4:
        out.call_sign[n] = call_sign_of(me)
        out.vehicle[n] = 1 if type_code == 2 and bits(me, 38, 3) in (1, 2, 3) else 0
        return KIND_IDENTITY
    subtype = bits(me, 38, 3)
    if type_code == 19:
        return _velocity(me, n, out)
    if type_code == 28 and subtype == 1:
        out.emergency[n] = bits(me, 41, 3)
        out.mode_a[n] = mode_a_of(bits(me, 44, 13))
        return KIND_STATUS
    if type_code == 29 and subtype >> 1 == 1:  # DO-260B format; subtype is 2 bits here
        out.nac[n] = bits(me, 72, 4)
        return KIND_TARGET
    if type_code == 31 and subtype < 2:
        out.version[n] = bits(me, 73, 3)
        if out.version[n] > 0:
            out.nac[n] = bits(me, 77, 4)
        if out.version[n] == 2 and subtype == 0:
            out.gva[n] = bits(me, 81, 2)
        return KIND_OPERATION
    return KIND_OTHER


@kernel
def _foreign(me, control):
    """Return whether the address of a DF18 frame is not an ICAO one (ED-102A 2.2.3.2.1.5)."""
    if control in (1, 5):
        return True
    if control in (2, 6):  # the IMF bit stands where the type leaves room for it
        type_code = bits(me, 33, 5)
        if 9 <= type_code <= 18 or 20 <= type_code <= 22:
            return bits(me, 40, 1) == 1
        if 5 <= type_code <= 8:
            return bits(me, 53, 1) == 1
        if type_code == 19:
            return bits(me, 41, 1) == 1
    return False


@kernel
def _reply(frame, me, n, form, out):
    """Read a surveillance or Comm-B reply into row n and return its kind."""
    if form in (4, 5, 20, 21):
        status = frame[0] & 7
        if status in (4, 5):
            out.alert[n] = 3
    kind = KIND_SQUAWK
    field = whole(frame, 2, 4) & 0x1FFF
    if form in (5, 21):
        out.mode_a[n] = mode_a_of(field)
    else:
        kind = KIND_ALTITUDE
        height = altitude_ft(field)
        out.pressure_ft[n] = math.nan if height == UNKNOWN_FT else height
    if form >= 20 and bits(me, 33, 8) == 0x20:
        out.call_sign[n] = call_sign_of(me)
    return kind


@kernel
def read_fields(octets, lengths, syndromes, out):
    """Fill the columns ``out`` (fields.Fields) of N frames: octets (N, 14), lengths (N,).

    ``out.ok[n]`` is 1 for a frame that is what it says, 2 for a parity error, 3 for a length
    that its format does not have, 4 for a format that nobody sends, 5 for octets all nought,
    6 for Mode A/C (2 octets), 7 for a format without an open content (DF19, 22, 24).
    """
    for n in range(octets.shape[0]):
        frame = octets[n]
        if lengths[n] == 2:
            out.ok[n] = 6
            continue
        form = min(frame[0] >> 3, 24)
        me = whole(frame, 4, 11)
        out.form[n] = form
        nought = True
        for k in range(lengths[n]):
            nought = nought and frame[k] == 0
        if nought:
            out.ok[n] = 5
        elif lengths[n] != (14 if form >= 16 else 7):
            out.ok[n] = 3
        elif form in (19, 22, 24):
            out.ok[n] = 7
        elif form in (17, 18):
            out.ok[n] = 1 if syndromes[n] == 0 else 2
            out.address[n] = whole(frame, 1, 4)
            if out.ok[n] == 1:
                control = frame[0] & 7
                if form == 18:
                    out.control[n] = control
                if form == 18 and _foreign(me, control):
                    out.address[n] |= FOREIGN
                if form == 17 or control in (0, 1, 2, 5, 6):
                    out.kind[n] = _extended(me, n, out)
        elif form == 11:
            out.ok[n] = 1 if syndromes[n] & 0xFFFF80 == 0 else 2
            out.address[n] = whole(frame, 1, 4)
        elif form in (0, 4, 5, 16, 20, 21):
            out.ok[n] = 1
            out.address[n] = syndromes[n]
            out.kind[n] = _reply(frame, me, n, form, out)
        else:
            out.ok[n] = 4
