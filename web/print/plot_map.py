"""The map of the plot: true to scale, with what lies on it, the lengths of its sides and a legend.

In: a scene.  Out: `PlotMap`, ready to be set.
"""

from collections.abc import Iterator

from web.print import drawing, figures, marks
from web.print.frame import ruler
from web.print.legend import legend, off_the_map
from web.print.outline import Walk
from web.print.scene import Scene, has_shape
from web.print.sheet import MapLabel, PlotMap, Side
from web.print.words import Wording

_MOST_MARKS = 24
"""Hits of a theme up to which each has its own number on the map; beyond, the theme has one."""
_NORTH = (8.0, 17.0)
"""Millimetres from the upper right corner to the foot of the north arrow."""
_LONGEST_NAME = 40


def plot_map(scene: Scene, words: Wording, name: str) -> PlotMap:
    """The map with its words."""
    frame = scene.frame
    scale = f"{frame.denominator:,}"
    on_it = words.join([words.of(one.theme.title) for one in scene.themes if one.drawn])
    return PlotMap(
        svg=_svg(scene),
        width=frame.width,
        height=frame.height,
        alt=words.say(
            "map.alt",
            name=name,
            denominator=scale,
            corners=scene.corners,
            themes=on_it or words.say("map.alt_nothing"),
        ),
        scale=words.say("map.scale", denominator=scale),
        north=words.say("map.north", metric=scene.metric),
        ruler=ruler(frame.denominator),
        labels=tuple(_labels(scene, words)),
        legend=tuple(legend(scene, words)),
        off_the_map=tuple(off_the_map(scene, words)),
        sides=tuple(tuple(map(_side, sides)) for sides in scene.rounds) if scene.has_few_corners else (),
        sides_note=_sides_note(scene, words),
    )


def _side(walk: Walk) -> Side:
    return Side(between=f"{walk.start}–{walk.end}", length=figures.number(walk.length, 2))


def _sides_note(scene: Scene, words: Wording) -> str:
    if scene.has_few_corners:
        return words.say("sides_note")
    total = sum(walk.length for sides in scene.rounds for walk in sides)
    return words.say("sides_many", corners=f"{scene.corners:,}", length=figures.metres(words, total))


def _svg(scene: Scene) -> str:
    frame = scene.frame
    plot = frame.on_paper(scene.shape)
    content = [
        drawing.sheet_ground(frame.width, frame.height),
        *_around(scene),
        drawing.plot(plot),
        *_on_the_plot(scene),
        drawing.boundary(plot),
        *(_corners(scene) if scene.has_few_corners else ()),
        drawing.north_arrow(frame.width - _NORTH[0], _NORTH[1]),
    ]
    definitions = "".join(drawing.hatching(one.sign) for one in scene.themes)
    return drawing.svg(frame.width, frame.height, definitions, "".join(content))


def _around(scene: Scene) -> Iterator[str]:
    for kind, draw in (("parcel", drawing.ground), ("street", drawing.street)):
        for one in scene.beside:
            if one.kind == kind:
                yield draw(one.paper)


def _on_the_plot(scene: Scene) -> Iterator[str]:
    for one in scene.themes:
        for _, shape in one.drawn:
            yield drawing.hit(scene.frame.on_paper(shape), one.sign)
        for hit in one.theme.left_out:
            if hit.shape is not None and has_shape(hit):
                yield drawing.left_out(scene.frame.on_paper(hit.shape), one.sign)


def _corners(scene: Scene) -> Iterator[str]:
    for sides in scene.rounds:
        for walk in sides:
            yield drawing.corner(*scene.frame.on_paper(walk.path).coords[0])


def _labels(scene: Scene, words: Wording) -> list[MapLabel]:
    """All writing, the most needed first: it takes the room."""
    room = marks.Room(frame=scene.frame)
    right, down = scene.frame.width - _NORTH[0], _NORTH[1]
    room.take(right, down - 7, 9.0)
    room.labels.append(MapLabel(kind="north", text=words.say("map.north_letter"), x=right, y=down - 13.2))
    _write_sides(room, scene)
    _write_hits(room, scene)
    _write_names(room, scene)
    return room.labels


def _write_sides(room: marks.Room, scene: Scene) -> None:
    for sides in scene.rounds:
        paths = [room.frame.on_paper(walk.path) for walk in sides]
        for walk, path in zip(sides, paths, strict=True):
            label = marks.side_label(path, figures.number(walk.length, 2))
            if label is not None:
                room.write(label, 1.1)
        if scene.has_few_corners:
            for index, walk in enumerate(sides):
                room.write(marks.corner_label(paths[index - 1], paths[index], walk.start), 1.2)


def _write_hits(room: marks.Room, scene: Scene) -> None:
    for one in scene.themes:
        drawn = [(mark, room.frame.on_paper(shape)) for mark, shape in one.drawn]
        if len(drawn) > _MOST_MARKS:
            drawn = [(str(one.key), max((paper for _, paper in drawn), key=lambda paper: float(paper.area)))]
        for mark, paper in drawn:
            room.write(marks.hit_label(paper, mark), 1.9)


def _write_names(room: marks.Room, scene: Scene) -> None:
    for one in scene.beside:
        if one.label:
            label = marks.name_label(one.paper, one.kind, one.label[:_LONGEST_NAME])
            if label is not None:
                room.write(label, 1.3)
