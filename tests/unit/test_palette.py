"""Pictures with a palette over a still background: right colours, small files."""

import io

import numpy as np
from PIL import Image

from utils.palette import PaletteEncoder

BLUE, ORANGE, CLEAR = (0x00, 0x72, 0xB2, 255), (0xD5, 0x5E, 0x00, 255), (0, 0, 0, 0)


def decoded(png):
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGBA"))


def page():
    pixels = np.zeros((60, 80, 4), np.uint8)
    pixels[50:52] = BLUE
    return pixels


def test_few_colours_come_out_as_they_went_in():
    still = page()
    moved = page()
    moved[10:20, 5:30] = ORANGE
    moved[50, 3] = CLEAR
    encoder = PaletteEncoder(still)
    assert np.array_equal(decoded(encoder.encode(still)), still)
    assert np.array_equal(decoded(encoder.encode(moved)), moved)
    assert np.array_equal(decoded(encoder.encode(still)), still)


def test_the_background_is_a_copy():
    canvas = page()
    encoder = PaletteEncoder(canvas)
    canvas[10:20] = ORANGE
    assert np.array_equal(decoded(encoder.encode(canvas)), canvas)


def test_many_colours_stay_near():
    """Smooth shades and their transparency, in the background and in what moves."""
    still, moved = page(), page()
    shades = np.linspace(0, 255, 80).astype(np.uint8)
    still[:10, :, 0] = moved[:10, :, 0] = shades
    still[:10, :, 3] = moved[:10, :, 3] = 255
    moved[20:40, :, :3] = (0, 0x72, 0xB2)
    moved[20:40, :, 3] = shades
    found = decoded(PaletteEncoder(still).encode(moved)).astype(int)
    assert np.abs(found - moved).max() <= 16
    assert np.abs(found - moved).mean() < 1.1


def test_a_picture_of_nothing_but_new_colours_keeps_256_at_most():
    random = np.random.default_rng(0).integers(0, 256, (60, 80, 4), dtype=np.uint8)
    png = PaletteEncoder(page()).encode(random)
    assert len(np.unique(decoded(png).reshape(-1, 4), axis=0)) <= 256
    assert Image.open(io.BytesIO(png)).mode == "P"
