import io
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from benchmarks import bombs
from midspan.errors import CorruptSource, ReadingLimit, UnsupportedSource
from midspan.pipelines.readers import video
from midspan.pipelines.readers.extract import VideoWindow


def steady(seconds: float, fps: float = 25) -> list[float]:
    return [index / fps for index in range(round(seconds * fps))]


def spans(windows: list[VideoWindow]) -> list[tuple[float, float]]:
    return [(window.start, pytest.approx(window.end, abs=0.002)) for window in windows]


def test_windows_are_two_seconds_and_the_last_may_be_shorter(make_video: Callable[..., Path]) -> None:
    windows = list(video.read(make_video(steady(5))))

    assert spans(windows) == [(0, 2), (2, 4), (4, 5)]


@pytest.mark.parametrize(
    ("seconds", "expected"), [(4.4, [(0, 2), (2, 4.4)]), (4.52, [(0, 2), (2, 4), (4, 4.52)])]
)
def test_a_rest_under_half_a_second_joins_the_window_before(
    make_video: Callable[..., Path], seconds: float, expected: list[tuple[float, float]]
) -> None:
    assert spans(list(video.read(make_video(steady(seconds))))) == expected


def test_frames_are_about_eight_a_second_and_lie_in_their_window(make_video: Callable[..., Path]) -> None:
    for window in video.read(make_video(steady(4))):
        times = window.frames.times
        assert len(times) == len(window.frames.rgb) == 16
        assert window.start <= times[0] and times[-1] < window.end
        assert np.all(np.diff(times) > 0)


def test_times_are_those_of_presentation(make_video: Callable[..., Path]) -> None:
    uneven = [0.0, 0.5, 0.9, 2.3, 3.0, 3.9, 4.1, 5.9]

    windows = list(video.read(make_video(uneven)))

    assert np.concatenate([window.frames.times for window in windows]) == pytest.approx(uneven, abs=0.002)
    assert [len(window.frames.times) for window in windows] == [3, 3, 2]


def test_times_are_relative_to_the_first_frame(make_video: Callable[..., Path]) -> None:
    late = [7.0 + time for time in steady(2)]

    (window,) = video.read(make_video(late, name="late.mkv"))

    assert window.start == window.frames.times[0] == 0
    assert window.end == pytest.approx(2, abs=0.002)


def test_a_stretch_without_new_frames_gives_no_window(make_video: Callable[..., Path]) -> None:
    windows = list(video.read(make_video([*steady(1), 9.0, 9.5])))

    assert [window.start for window in windows] == [0, 8]


def test_one_frame_is_one_window(make_video: Callable[..., Path]) -> None:
    (window,) = video.read(make_video([0.0]))

    assert window.frames.rgb.shape[0] == 1
    assert 0 == window.start < window.end <= 2.5


@pytest.mark.parametrize(
    ("size", "small", "picture"),
    [
        ((640, 360), (96, 171), (320, 180)),
        ((200, 400), (192, 96), (180, 360)),
        ((64, 48), (48, 64), (64, 48)),
    ],
)
def test_frames_are_scaled_by_their_short_side(
    make_video: Callable[..., Path], size: tuple[int, int], small: tuple[int, int], picture: tuple[int, int]
) -> None:
    (window,) = video.read(make_video([0.0, 0.1], size=size))

    assert window.frames.rgb.shape == (1, *small, 3)
    assert window.frames.rgb.dtype == np.uint8
    assert Image.open(io.BytesIO(window.jpeg)).size == picture


def test_a_turned_video_is_put_upright(make_video: Callable[..., Path]) -> None:
    halves = np.zeros((96, 128, 3), np.uint8)
    halves[:, :64, 0] = 250  # the left half is red
    path = make_video([0.0, 0.04], picture=halves)
    identity = b"".join(n.to_bytes(4, "big") for n in (65536, 0, 0, 0, 65536, 0, 0, 0, 1 << 30))
    clockwise = b"".join(
        n.to_bytes(4, "big", signed=True) for n in (0, 65536, 0, -65536, 0, 0, 0, 0, 1 << 30)
    )
    data = path.read_bytes()
    track = data.index(b"tkhd")
    path.write_bytes(data[:track] + data[track:].replace(identity, clockwise, 1))

    (window,) = video.read(path)
    frame = window.frames.rgb[0]

    assert frame.shape == (128, 96, 3)
    assert frame[20, 48, 0] > 200
    assert frame[108, 48, 0] < 50


def test_the_picture_is_of_the_middle(make_video: Callable[..., Path]) -> None:
    (window,) = video.read(make_video(steady(2)))
    picture = np.asarray(Image.open(io.BytesIO(window.jpeg)))
    middle = int(np.argmin(np.abs(window.frames.times - 1)))

    assert picture.mean() == pytest.approx(float(window.frames.rgb[middle].mean()), abs=3)


def test_sound_alone_is_no_video(make_sound: Callable[[str], Path]) -> None:
    sound_only = make_sound("sound.mp4")
    with pytest.raises(UnsupportedSource, match="no video stream"):
        list(video.read(sound_only))


@pytest.mark.parametrize("name", ["cut.mkv", "cut.avi", "front.mp4"])
def test_a_cut_off_video_gives_what_there_is_and_then_says_so(
    make_video: Callable[..., Path], name: str, capfd: pytest.CaptureFixture[str]
) -> None:
    options = {"movflags": "faststart"} if name.endswith("mp4") else {}
    path = make_video(steady(10), name=name, options=options)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 6 // 10])

    windows = []
    with pytest.raises(CorruptSource, match=r"readable up to second [3-7]\.\d .*again"):
        for window in video.read(path):
            windows.append(window)

    assert len(windows) >= 2
    assert capfd.readouterr().err == ""


def test_a_stream_that_appears_late_is_passed_over(
    make_video: Callable[..., Path], make_sound: Callable[[str], Path]
) -> None:
    # Later than where FFmpeg looks for streams; broadcasts are put together like this.
    path = make_video(steady(8), name="late.ts")
    sound = bytearray(make_sound("sound.ts").read_bytes())
    for packet in range(0, len(sound), 188):
        if sound[packet + 1] & 0x1F == 1 and sound[packet + 2] == 0:
            sound[packet + 2] = 1  # its own number instead of the picture's
    path.write_bytes(path.read_bytes() + sound)

    assert [window.end for window in video.read(path)] == pytest.approx([2, 4, 6, 8], abs=0.1)


@pytest.mark.parametrize("keep", [0.02, 0.6])
def test_a_video_without_its_index_is_corrupt(make_video: Callable[..., Path], keep: float) -> None:
    path = make_video(steady(3))
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * keep)])

    with pytest.raises(CorruptSource, match="cannot be opened"):
        list(video.read(path))


def test_names_that_are_no_utf_8_are_opened(make_video: Callable[..., Path], tmp_path: Path) -> None:
    path = make_video([0.0]).rename(tmp_path / "n\udcffme\n.mp4")

    assert len(list(video.read(path))) == 1


def test_few_frames_are_in_memory_at_once(
    make_video: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[float] = []
    small = video._small
    monkeypatch.setattr(video, "_small", lambda frame: taken.append(frame.time) or small(frame))

    for window in video.read(make_video(steady(10))):
        assert taken[-1] <= window.end + 2 + 0.001


def test_more_streams_than_ffmpeg_takes_are_no_want_of_memory(tmp_path: Path) -> None:
    path = tmp_path / "streams.mp4"
    path.write_bytes(bombs.many_streams(2000))

    with pytest.raises(ReadingLimit, match="more streams") as raised:
        list(video.read(path))
    assert raised.value.__suppress_context__


def test_boxes_beside_a_video_come_with_its_frames(make_video: Callable[..., Path]) -> None:
    path = make_video(steady(4), size=(160, 80))
    corners = {"x1": 0, "y1": 0, "x2": 80, "y2": 20}
    label = {"category": "cup", "standard_category": "0000", "box2d": corners}
    told = {path.stem: [{"name": f"x/{n:04}.jpg", "labels": [label]} for n in (1, 5, 51)]}
    path.with_suffix(".boxes.json").write_text(json.dumps(told))

    first, second = video.read(path)

    assert [len(boxes) for boxes in first.frames.boxes] == [1, 1] + [0] * 14
    assert [len(boxes) for boxes in second.frames.boxes] == [1] + [0] * 15
    assert first.frames.boxes[0][0].box == (0, 0, 0.5, 0.25)


def test_a_video_without_boxes_has_none_and_broken_ones_are_said(make_video: Callable[..., Path]) -> None:
    path = make_video(steady(2))
    (window,) = video.read(path)
    assert window.frames.boxes is None
    path.with_suffix(".boxes.json").write_text("{")
    with pytest.raises(CorruptSource, match=r"boxes\.json is no JSON"):
        list(video.read(path))
