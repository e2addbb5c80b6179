"""The tables of layers, as data: role; what belongs there; the names it may have.

In: nothing.  Out: entries of role, content and name patterns. `B:`, `L:` and `F:` stand for the beginnings
`BLK_n_`, `BLK_n_LVL_m_` and `BLK_n_FLR_k_`, `{block}`, `{floor}` and `#` for numbers, `{work}` for nothing, `_EXISTING`
or `_TBR`. Source: `layer_table.tsv` and `observed_layers.csv` beside the description of Kerala's drawing convention;
older spellings seen in real drawings stand beside the current one. Nothing here was made up.
"""

from dataclasses import dataclass

from rules.plans.roles import Content, Role

BEGINNINGS = {"B:": "BLK_{block}_", "L:": "BLK_{block}_LVL_{level}_", "F:": "BLK_{block}_FLR_{floor}_"}


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of a table."""

    role: Role
    content: Content
    names: tuple[str, ...]


def _entry(line: str) -> Entry:
    role, content, names = (part.strip() for part in line.split(";"))
    return Entry(
        role=Role(role), content=Content(content), names=tuple(_whole(name) for name in names.split())
    )


def _whole(name: str) -> str:
    beginning = BEGINNINGS.get(name[:2])
    return beginning + name[2:] if beginning else name


KERALA_LAYERS = """\
plan info; words; PLAN_INFO
plot; outline; PLOT_BOUNDARY
footprint; outline; L:BLDG_FOOT_PRINT
basement footprint; outline; B:BSMNT_FOOT_PRINT F:BLDG_FOOTPRINT
front yard; outline; L:FRONT_YARD L:FRONT_SETBACK B:BSMNT_FRONT_YARD B:BSMNT_FRONT_SETBACK
rear yard; outline; L:REAR_YARD L:REAR_SETBACK B:BSMNT_REAR_YARD B:BSMNT_REAR_SETBACK
side yard 1; outline; L:SIDE_YARD1 L:SIDE_YARD_1 L:SIDE_SETBACK1 L:SIDE_SETBACK_1 B:BSMNT_SIDE_YARD1 \
    B:BSMNT_SIDE_YARD_1 B:BSMNT_SIDE_SETBACK1 B:BSMNT_SIDE_SETBACK_1
side yard 2; outline; L:SIDE_YARD2 L:SIDE_YARD_2 L:SIDE_SETBACK2 L:SIDE_SETBACK_2 B:BSMNT_SIDE_YARD2 \
    B:BSMNT_SIDE_YARD_2 B:BSMNT_SIDE_SETBACK2 B:BSMNT_SIDE_SETBACK_2
covered area; outline; B:COVERED_AREA{work}
covered area deduction; outline; B:COVERED_AREA_DEDUCT{work} B:COVERAGE_DEDUCT B:COVERGAE_DEDUCT
built-up area; outline; F:BLT_UP_AREA{work}
built-up area deduction; outline; F:BLT_UP_AREA_DEDUCT{work}
mezzanine; outline; F:M_#_BLT_UP_AREA F:HALL_#_BLT_UP_AREA F:ROOM_#_MEZ_AREA_# F:ACROOM_#_MEZ_AREA_#
mezzanine deduction; outline; F:M_#_BLT_UP_AREA_DEDUCT F:HALL_#_BLT_UP_AREA_DEDUCT
carpet area; outline; F:CARPET_AREA
carpet area deduction; outline; F:CRPT_AREA_DEDUCT F:CARPET_AREA_DEDUCT
dwelling unit; outline; F:UNITFA F:RESI_UNIT
dwelling unit deduction; outline; F:UNITFA_DEDUCT F:RESI_UNIT_DEDUCT
height of building; length; B:HT_OF_BLDG B_{block}_HT_OF_BLDG
floor height; length; F:FLOOR_HEIGHT
room height; length; F:HT_ROOM F:WC_HT F:BATH_HT F:WC_BATH_HT
plinth height; length; B:PLINTH_HEIGHT
parapet height; length; B:PARAPET_HT
stair cover height; length; B:MUMTY_HT B:STAIR_COVER
footprint to far edge of street; length; B:MAX_HEIGHT_CAL
extra set-back; length; B:MAX_HEIGHT_CAL_SET_BACK
notified road; outline; NOTIFIED_ROAD
non-notified road; outline; NON_NOTIFIED_ROAD UN_NOTIFIED_ROAD
cul-de-sac; outline; CULD_#
lane; outline; LANE_#
shortest distance to road; length; SHORTEST_DIST_TO_ROAD
distance to centre line of road; length; DIST_CL_ROAD
road reserve; either; ROAD_RESERVE_FRONT ROAD_RESERVE_REAR ROAD_RESERVE_SIDE#
distance from well or pit; length; DIST_WELL
well; outline; WELL
waste disposal; outline; WASTE_DISPOSAL
septic tank; outline; SEPTIC_TANK
rain water harvesting; either; RWH RWH_#
solar panel; outline; SOLAR SOLAR_PANEL
solar water heater; outline; SOLAR_WATER_HEATER
bio gas; outline; BIO_GAS
waste treatment; outline; INSITU_WASTE_TREATMENT_PLANT SOLID_LIQUID_WASTE_TREATMENT \
    BIOMETRIC_WASTE_MNGMNT BIO_DEG_WASTE WASTE_MANAGEMENT
waste water recycling; outline; RECYCLING_WASTE_WATER
stair; either; F:STAIR_#
stair flight; either; F:STAIR_#_FLIGHT F:STAIR_#_FLIGHT_# F:STAIR_#_STEP
stair landing; either; F:STAIR_#_LANDING F:STAIR_#_LANDING_#
fire stair; either; F:FIRESTAIR_#
fire stair flight; either; F:FIRESTAIR_#_FLIGHT F:FIRESTAIR_#_FLIGHT_# F:FIRESTAIR_#_STEP
fire stair landing; either; F:FIRESTAIR_#_LANDING F:FIRESTAIR_#_LANDING_#
spiral fire stair; either; F:SPIRAL_FIRE_STAIR_#
stair head room; length; B:STAIR_HEADROOM
lift; either; F:LIFT F:LIFT_#
accessible lift; either; F:DA_LIFT F:DA_LIFT_#
ramp; either; F:RAMP F:RAMP_#
accessible ramp; either; B:DA_RAMP B:DA_RAMP_# F:DA_RAMP_#
vehicle ramp; either; F:VEHICLE_RAMP F:VEHICLE_RAMP_# F:VEHICLERAMP_#
accessible room; either; F:DA_ROOM F:DA_ROOM_#
parking slot; outline; PARKING_SLOT F:PARKING_SLOT
accessible parking; either; DA_PARKING F:DA_PARKING
two-wheeler parking; outline; TWO_WHEELER_PARKING F:TWO_WHEELER_PARKING
mechanical parking; outline; MECH_PARKING F:MECH_PARKING
visitor parking; outline; VISITOR_PARKING F:VISITOR_PARKING
open parking; outline; OPEN_PARKING F:OPEN_PARKING
covered parking; outline; COVERED_PARKING F:COVERED_PARKING
special parking; outline; SPECIAL_PARKING F:SPECIAL_PARKING
loading and unloading; outline; LOADING_UNLOADING F:LOADING_UNLOADING
electric charging; outline; EV_CHARGE F:EV_CHARGE
stilt; outline; STILT F:STILT
water closet; either; WATER_CLOSET F:WATER_CLOSET F:WC
accessible water closet; either; SP_WC F:SP_WC
urinal; either; URINAL F:URINAL
wash basin; either; WASH F:WASH
bath; either; BATH F:BATH
water closet and bath; either; WC_BATH F:WC_BATH
drinking water; either; DRINKING_WATER F:DRINKING_WATER
recreation space; outline; RECREATION F:RECREATION EXT_RECREATION TERRACE_RECREATION F:TERRACE_RECREATION
exit door width; length; F:EXIT_WIDTH_DOOR
exit stair width; length; F:EXIT_WIDTH_STAIR
travel distance to exit; length; DIST_EXIT
passage; length; PASSAGE PASSAGE_STAIR
distance between blocks; length; DIST_BETWEEN_BLK_#_BLK_#
overhead line; either; OHEL OHEL_#
horizontal clearance of overhead line; either; HORIZ_CLEAR_OHEL HORIZ_CLEAR_OHEL_#
vertical clearance of overhead line; either; VERT_CLEAR_OHEL VERT_CLEAR_OHEL_#
voltage; either; VOLTAGE_#
inner courtyard; outline; F:COURTYARD_INNER
outer courtyard; outline; F:COURTYARD_OUTER
sunken courtyard; outline; F:COURTYARD_SUNKEN
interior open space; either; B:INTERIOR_CRTYRD_COVERPARK
ventilation shaft; either; F:VENTILATION_SHAFT F:VENTILATION_SHAFT_#
light and ventilation; either; F:LIGHT_VENTILATION F:ROOM_#_LIGHT_VENTILATION_# \
    F:ACROOM_#_LIGHT_VENTILATION_#
verandah; either; F:VERANDAH
balcony; either; F:BALCONY_# F:PROJECTED_BALCONY_# B:PROJECTED_BALCONY
shade overhang; outline; B:SHADE_OVERHANG
open stair; outline; B:OPEN_STAIR
portico; either; B:PORTICO
room; either; F:REGULAR_ROOM F:REGULAR_ROOM_#
air-conditioned room; either; F:AC_ROOM F:AC_ROOM_#
kitchen; either; F:KITCHEN
glass facade; either; F:GLASS_FACADE F:GLASS_FACADE_#
surrendered width; length; SURRENDER_ROAD_WIDTH
roof area; either; F:TERRACE_AREA F:ROOF_AREA
accessory building; either; ACCBLK_#
unit of accessory building; either; ACCBLK_#_UNIT_#
accessory building to boundary; length; ACCBLK_#_DIST_BOUNDARY
accessory building to road; length; ACC_SHORTEST_DIST_TO_ROAD
accessory building to building; length; ACCBLDG_DIST_BLDG
compound wall; either; COMPOUNDWALL
gate; either; GATE MAIN_GATE WICKET_GATE
guard room; either; GUARD_ROOM
plantation; either; B:PLANTATION_GREENSTRIP PLANTATION_TREECOVER
north; either; NORTH_DIRECTION
location plan; either; LOCATION_PLAN
sheet; either; SHEET_#
"""

SMALL_HOUSE_LAYERS = """\
plan info; words; PLAN_INFO
plot; outline; PLOT
built-up area; outline; FLOOR_{floor}{work} BUILDING_{block}_FLOOR_{floor}{work}
built-up area deduction; outline; FLOOR_{floor}_DEDUCT{work} BUILDING_{block}_FLOOR_{floor}_DEDUCT{work}
level of floor; length; LEVEL_{floor} BUILDING_{block}_LEVEL_{floor}
height of building; length; HEIGHT BUILDING_{block}_HEIGHT
use; words; USE_{floor} BUILDING_{block}_USE_{floor}
main entrance; either; ENTRANCE BUILDING_{block}_ENTRANCE
parking slot; outline; PARKING
well; outline; WELL
septic tank; outline; SEPTIC_TANK
waste disposal; outline; WASTE_PIT
rain water harvesting; outline; RAIN_WATER
north; either; NORTH
"""

KERALA_BEGINNINGS = ("BLK_",)
SMALL_HOUSE_BEGINNINGS = (
    *(
        "FLOOR",
        "BUILDING",
        "PLOT",
        "PLAN_INFO",
        "PLAN INFO",
        "PLANINFO",
        "LEVEL",
        "HEIGHT",
        "USE",
        "ENTRANCE",
    ),
    *("PARKING", "WELL", "SEPTIC", "WASTE_PIT", "WASTE PIT", "RAIN_WATER", "RAIN WATER", "RAINWATER"),
)
"""How a layer's name begins that was probably meant to be one of the table."""

KERALA = tuple(_entry(line) for line in KERALA_LAYERS.splitlines())
SMALL_HOUSE = tuple(_entry(line) for line in SMALL_HOUSE_LAYERS.splitlines())
