"""PNG pictures with a palette, for many pictures that share a still background."""

import io

import numpy as np
from PIL import Image

COLOURS = 256
STILL_COLOURS = 64


class PaletteEncoder:
    """Encodes pictures of at most 256 colours: half the bytes of full colour.

    Choosing colours takes most of the time of a picture, and it is paid by the pixel. So the background is
    reduced to 64 colours once, and of each picture only the pixels that differ from it are looked at.
    """

    def __init__(self, still):
        """Take the background: RGBA pixels of shape (height, width, 4), uint8."""
        self._still = _packed(still).copy()  # the canvas will draw over its own
        self._places, self._colours = _reduced(self._still.reshape(1, -1), STILL_COLOURS)

    def encode(self, pixels):
        """PNG bytes of RGBA `pixels`, of the background's shape (height, width, 4), uint8."""
        packed = _packed(pixels)
        places, colours = self._places.copy(), self._colours
        moved = np.flatnonzero(packed != self._still)
        if moved.size:
            own, own_colours = _reduced(packed.ravel()[moved][None], COLOURS - len(colours))
            places[moved] = own + len(colours)
            colours = np.concatenate([colours, own_colours])
        image = Image.fromarray(places.reshape(packed.shape), "P")
        image.putpalette(colours[:, :3].tobytes(), "RGB")
        buffer = io.BytesIO()
        image.save(buffer, "PNG", compress_level=1, transparency=colours[:, 3].tobytes())
        return buffer.getvalue()


def _packed(pixels):
    """One number for each pixel: comparing these is four times faster."""
    return np.ascontiguousarray(pixels).view(np.uint32)[..., 0]


def _reduced(packed, most):
    """Each pixel's place in a palette of at most `most` colours, (pixels,), and the palette, (colours, 4)."""
    image = Image.frombuffer("RGBA", packed.shape[::-1], packed.tobytes(), "raw", "RGBA", 0, 1)
    reduced = image.quantize(most, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    colours = np.frombuffer(bytes(reduced.palette.palette), np.uint8).reshape(-1, 4)
    return np.frombuffer(reduced.tobytes(), np.uint8).copy(), colours
