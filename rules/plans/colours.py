"""What the colour of an entity says: the occupancy of an area, the kind of a length.

In: nothing.  Out: AutoCAD colour index to meaning. Source: `occupancy_colours.tsv` and `subfeature_colours.tsv` beside
the description of Kerala's drawing convention.
"""

from rules.plans.roles import Role

_OCCUPANCIES = """
A1 25, A2 3, A3 23, A4 2, A5 24, B1 4, B2 14, B3 15, C1 5, C2 20, C3 21, D 6, D1 16, D2 22, D3 17, D4 36, E 7, E1 30, E2 31,
F 8, F1 18, F2 38, F3 19, G1 9, G2 10, G3 27, G4 28, G5 37, H 11, I 12, I1 26, I2 29, I3 32, I4 33, I5 34, I6 35, J 13
"""
OCCUPANCY_COLOURS: dict[int, str] = {
    int(colour): group for group, colour in (each.split() for each in _OCCUPANCIES.split(","))
}
"""AutoCAD colour index of an area to its occupancy group."""

_ROADS = {1: "notified road", 2: "non-notified road", 5: "lane", 6: "cul-de-sac"}
_WELLS = {**_ROADS, 7: "well to boundary", 8: "well to leach pit", 9: "leach pit to plot boundary"}
_FLIGHTS = {1: "flight length", 2: "flight width"}
_STANDING = {1: "existing", 2: "proposed"}
_YARDS = {2: "yard dimension"}
_ROOMS = {
    1: "mezzanine head room or residential room",
    2: "normal or commercial room",
    3: "air-conditioned or educational room",
    4: "car and two-wheeler parking or industrial room",
    5: "assembly room",
    6: "air-conditioned assembly hall",
    7: "head room beneath or above balcony",
    8: "head room in general air-conditioned room in assembly",
    9: "lavatory, store, toilet, lumber room, cellar",
    10: "work room in industry",
    11: "laboratory, entrance, hall, canteen, cloak room",
    12: "store or toilet in industry",
}
_SANITATION = {
    1: "male",
    2: "female",
    3: "common",
    4: "male visitors",
    5: "female visitors",
    6: "male or female visitors",
}

COLOUR_MEANINGS: dict[Role, dict[int, str]] = {
    Role.ROAD_DISTANCE: _ROADS,
    Role.ROAD_CENTRE_DISTANCE: _ROADS,
    Role.STREET_LINE: _ROADS,
    Role.WELL_DISTANCE: _WELLS,
    Role.STAIR_FLIGHT: _FLIGHTS,
    Role.STAIR_LANDING: _FLIGHTS,
    Role.FIRE_STAIR_FLIGHT: _FLIGHTS,
    Role.FIRE_STAIR_LANDING: _FLIGHTS,
    Role.ROOM_HEIGHT: _ROOMS,
    Role.TOILET: _SANITATION,
    Role.ACCESSIBLE_TOILET: _SANITATION,
    Role.URINAL: _SANITATION,
    Role.WASH: _SANITATION,
    Role.BATH: _SANITATION,
    Role.WELL: _STANDING,
    Role.WASTE_DISPOSAL: _STANDING,
    Role.COMPOUND_WALL: {1: "front height", 2: "rear height", 3: "railing height"},
    Role.INTERIOR_OPEN_SPACE: {4: "habitable room", 5: "floor exterior wall", 6: "floor open space"},
    Role.PASSAGE: {1: "height", 2: "width"},
    Role.FRONT_YARD: _YARDS,
    Role.REAR_YARD: _YARDS,
    Role.SIDE_YARD_1: _YARDS,
    Role.SIDE_YARD_2: _YARDS,
}
"""What the colour of a mark on such a layer says, as far as the table of sub-features tells."""
UNTOLD_ROOM = "room of a kind that is not told"
"""What the height of a model's room means where the model does not tell what the room is for."""
