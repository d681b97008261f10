"""The studio: light, tables, cloth, clay, baskets and soap, from which `scenes.py` composes pictures.

Lengths are metres. All that looks like chance comes from `seed`, so that a picture is made twice alike.
Texture images are computed with NumPy (they tile, since they are made in the frequency domain).
"""

import math
import os
import tempfile

import bpy
import numpy as np
from mathutils import Euler, Vector
from PIL import Image

TEXTURES = tempfile.mkdtemp(prefix='selvedge-render-')
TAU = 2 * math.pi


def srgb(text):
    """`#rrggbb` as the linear colour that shaders take."""
    c = np.array([int(text[i:i + 2], 16) for i in (1, 3, 5)]) / 255
    c = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
    return (*c.tolist(), 1.0)


# ---------------------------------------------------------------- noise and images

def fbm(shape, seed, slope=2.0, stretch=(1.0, 1.0), low=1.0):
    """Tiling noise between 0 and 1; `stretch` draws it out along x and y, `low` leaves out waves longer than 1/low."""
    rng = np.random.default_rng(seed)
    white = np.fft.rfft2(rng.standard_normal(shape))
    fy = np.fft.fftfreq(shape[0])[:, None] * shape[0] * stretch[1]
    fx = np.fft.rfftfreq(shape[1])[None, :] * shape[1] * stretch[0]
    f = np.hypot(fx, fy)
    f[0, 0] = 1
    gain = f ** (-slope / 2 - 0.5)
    gain[f < low] = 0
    gain[0, 0] = 0
    n = np.fft.irfft2(white * gain, s=shape)
    return np.clip(n / n.std() / 5 + 0.5, 0, 1)


def picture(name, pixels, colour=True):
    """A NumPy array (height × width × 3, or height × width) as an image of Blender; row 0 is v = 0."""
    pixels = np.clip(pixels, 0, 1)
    if pixels.ndim == 2:
        pixels = np.repeat(pixels[..., None], 3, 2)
    path = os.path.join(TEXTURES, f'{name}-{len(bpy.data.images)}.png')
    Image.fromarray((pixels[::-1] * 255 + 0.5).astype('uint8')).save(path, compress_level=1)
    image = bpy.data.images.load(path)
    image.colorspace_settings.name = 'sRGB' if colour else 'Non-Color'
    return image


def hexes(colours):
    return np.array([[int(c[i:i + 2], 16) for i in (1, 3, 5)] for c in colours]) / 255


def wobble(p, size, seed, octaves=3):
    """Smooth noise at points p (n × 3), about −1 to 1, with waves of about `size` metres."""
    rng = np.random.default_rng(seed)
    out = np.zeros(len(p))
    for o in range(octaves):
        for _ in range(6):
            d = rng.standard_normal(3)
            d *= TAU / size * 1.9 ** o / np.linalg.norm(d) * rng.uniform(0.7, 1.3)
            out += np.sin(p @ d + rng.uniform(0, TAU)) * 0.55 ** o / 3
    return out


# ---------------------------------------------------------------- nodes

class Shader:
    """A material under construction: `shader.image(..)`, `shader.mix(..)` give sockets."""

    def __init__(self, name):
        self.material = bpy.data.materials.new(name)
        self.material.use_nodes = True
        self.tree = self.material.node_tree
        self.bsdf = self.tree.nodes['Principled BSDF']
        self.out = self.tree.nodes['Material Output']

    def node(self, kind, **inputs):
        n = self.tree.nodes.new(kind)
        for key, value in inputs.items():
            if key.startswith('_'):
                setattr(n, key[1:], value)
        for key, value in inputs.items():
            if not key.startswith('_'):
                self.put(n.inputs[int(key[1:]) if key[0] == 'i' and key[1:].isdigit() else key.replace('__', ' ')], value)
        return n

    def put(self, socket, value):
        if isinstance(value, bpy.types.NodeSocket):
            self.tree.links.new(value, socket)
        elif isinstance(value, str):
            socket.default_value = srgb(value)
        else:
            socket.default_value = value

    def set(self, **inputs):
        for key, value in inputs.items():
            self.put(self.bsdf.inputs[key.replace('__', ' ')], value)
        return self

    def uv(self, scale=(1, 1), rotate=0.0, offset=(0, 0)):
        m = self.node('ShaderNodeMapping', Vector=self.node('ShaderNodeUVMap').outputs[0])
        m.inputs['Scale'].default_value = (*scale, 1)
        m.inputs['Rotation'].default_value = (0, 0, rotate)
        m.inputs['Location'].default_value = (*offset, 0)
        return m.outputs[0]

    def object(self, scale=1.0):
        s = scale if isinstance(scale, tuple) else (scale,) * 3
        m = self.node('ShaderNodeMapping', Vector=self.node('ShaderNodeTexCoord').outputs['Object'])
        m.inputs['Scale'].default_value = s
        return m.outputs[0]

    def image(self, image, where, nearest=False):
        n = self.node('ShaderNodeTexImage', Vector=where)
        n.image = image
        n.interpolation = 'Closest' if nearest else 'Linear'
        return n.outputs[0]

    def noise(self, where, scale, detail=3.0, rough=0.55, distort=0.0):
        return self.node('ShaderNodeTexNoise', Vector=where, Scale=scale, Detail=detail, Roughness=rough,
                         Distortion=distort).outputs[0]

    def mix(self, f, a, b, kind='MIX'):
        n = self.node('ShaderNodeMix', _data_type='RGBA', _blend_type=kind)
        for i, v in ((0, f), (6, a), (7, b)):
            self.put(n.inputs[i], v)
        return n.outputs[2]

    def ramp(self, value, stops):
        """Maps a number to a number or colour: stops are (position, number or #colour)."""
        n = self.node('ShaderNodeValToRGB', Fac=value)
        r = n.color_ramp
        while len(r.elements) < len(stops):
            r.elements.new(0.5)
        for e, (at, v) in zip(r.elements, stops):
            e.position = at
        for e, (at, v) in zip(r.elements, stops):
            e.color = srgb(v) if isinstance(v, str) else (v, v, v, 1)
        return n.outputs[0]

    def math(self, op, a, b=0.0):
        return self.node('ShaderNodeMath', _operation=op, i0=a, i1=b).outputs[0]

    def part(self, vector, axis):
        return self.node('ShaderNodeSeparateXYZ', Vector=vector).outputs[axis]

    def xyz(self, x, y, z=0.0):
        return self.node('ShaderNodeCombineXYZ', X=x, Y=y, Z=z).outputs[0]

    def bump(self, height, distance, strength=1.0, normal=None):
        n = self.node('ShaderNodeBump', Height=height, Distance=distance, Strength=strength)
        if normal is not None:
            self.put(n.inputs['Normal'], normal)
        return n.outputs[0]

    def vertex(self, name='Col'):
        return self.node('ShaderNodeAttribute', _attribute_name=name).outputs[0]


# ---------------------------------------------------------------- meshes

def mesh(name, points, faces, material=None, uv=None, colour=None, smooth=True):
    """An object from NumPy points and faces; `uv` (n × 2) and `colour` (n × 3) are given for each point."""
    m = bpy.data.meshes.new(name)
    points = np.asarray(points, dtype=np.float32)
    faces = np.asarray(faces, dtype=np.int32)
    m.vertices.add(len(points))
    m.vertices.foreach_set('co', points.ravel())
    n, k = faces.shape
    m.loops.add(n * k)
    m.loops.foreach_set('vertex_index', faces.ravel())
    m.polygons.add(n)
    m.polygons.foreach_set('loop_start', np.arange(0, n * k, k, dtype=np.int32))
    m.update(calc_edges=True)
    if smooth:
        m.polygons.foreach_set('use_smooth', np.ones(n, dtype=bool))
    if uv is not None:
        layer = m.uv_layers.new(name='UVMap')
        layer.data.foreach_set('uv', np.asarray(uv, dtype=np.float32)[faces.ravel()].ravel())
    if colour is not None:
        a = m.attributes.new('Col', 'FLOAT_COLOR', 'POINT')
        full = np.ones((len(points), 4), dtype=np.float32)
        full[:, :3] = colour
        a.data.foreach_set('color', full.ravel())
    m.validate()
    o = bpy.data.objects.new(name, m)
    bpy.context.scene.collection.objects.link(o)
    if material is not None:
        m.materials.append(material)
    return o


def grid_faces(rows, cols, closed_cols=False, closed_rows=False):
    r = np.arange(rows if closed_rows else rows - 1)[:, None]
    c = np.arange(cols if closed_cols else cols - 1)[None, :]
    r2, c2 = (r + 1) % rows, (c + 1) % cols
    f = np.stack(np.broadcast_arrays(r * cols + c, r * cols + c2, r2 * cols + c2, r2 * cols + c), -1)
    return f.reshape(-1, 4)


def modify(o, kind, **settings):
    m = o.modifiers.new(kind.lower(), kind)
    for k, v in settings.items():
        setattr(m, k, v)
    return m


def place(o, at=(0, 0, 0), turn=0.0, tilt=(0.0, 0.0), scale=1.0):
    o.location = at
    o.rotation_euler = Euler((tilt[0], tilt[1], turn))
    o.scale = (scale,) * 3
    return o


def copy(o, at, turn=0.0, tilt=(0.0, 0.0), scale=1.0, material=None):
    c = o.copy()
    if material is not None:
        c.data = o.data.copy()
        c.data.materials.clear()
        c.data.materials.append(material)
    bpy.context.scene.collection.objects.link(c)
    return place(c, at, turn, tilt, scale)


def turned(name, profile, material, seed=0, rings=0.0004, pitch=0.006, wonky=0.004, around=192, smooth_to=0.002, bottom=True):
    """A thing from the wheel or lathe: `profile` is a list of (radius, height) from the foot up outside and down inside."""
    p = np.array(profile, dtype=float)
    seg = np.hypot(*np.diff(p, axis=0).T)
    s = np.concatenate([[0], np.cumsum(seg)])
    n = max(60, int(s[-1] / smooth_to))
    at = np.linspace(0, s[-1], n)
    r, z = np.interp(at, s, p[:, 0]), np.interp(at, s, p[:, 1])
    k = max(3, int(0.006 / (s[-1] / n)) | 1)  # corners are rounded over some millimetres
    kernel = np.hanning(k + 2)[1:-1]
    kernel /= kernel.sum()
    pad = lambda v: np.concatenate([np.full(k // 2, v[0]), v, np.full(k // 2, v[-1])])
    r, z = np.convolve(pad(r), kernel, 'valid'), np.convolve(pad(z), kernel, 'valid')
    theta = np.linspace(0, TAU, around, endpoint=False)
    R, T = np.meshgrid(r, theta, indexing='ij')
    Z, A = np.meshgrid(z, theta, indexing='ij')[0], np.meshgrid(at, theta, indexing='ij')[0]
    rng = np.random.default_rng(seed)
    strength = 0.5 + 0.5 * np.sin(A / 0.05 + rng.uniform(0, 6))
    R = R + (R > 0.004) * (rings * strength * np.sin(TAU * (A / pitch) + T + 0.7 * np.sin(A / 0.02))
                           + wonky * R * np.sin(2 * T + Z * 9 + rng.uniform(0, 6))
                           + 0.5 * wonky * R * np.sin(3 * T - Z * 15 + rng.uniform(0, 6)))
    points = np.stack([R * np.cos(T), R * np.sin(T), Z], -1).reshape(-1, 3)
    points[:, 2] += wonky * 0.5 * points[:, 0] * (points[:, 2] / max(1e-6, z.max()))
    uv = np.stack([T / TAU * r.max() * TAU, A], -1).reshape(-1, 2)
    return mesh(name, points, grid_faces(len(r), around, closed_cols=True), material, uv)


def box(name, size, material, seed=0, rounded=0.003, bumps=0.0004, wave=0.02, cuts=24):
    """A block with soft edges that is not quite straight: soap, loaf, tablet."""
    bpy.ops.mesh.primitive_cube_add(size=1)
    o = bpy.context.object
    o.name = name
    o.scale = size
    bpy.ops.object.transform_apply(scale=True, location=False, rotation=False)
    b = modify(o, 'BEVEL', width=rounded, segments=4)
    b.harden_normals = False
    bpy.ops.object.modifier_apply(modifier=b.name)
    bpy.ops.object.mode_set(mode='EDIT')
    bpy.ops.mesh.select_all(action='SELECT')
    bpy.ops.mesh.subdivide(number_cuts=cuts)
    bpy.ops.object.mode_set(mode='OBJECT')
    m = o.data
    p = np.zeros(len(m.vertices) * 3, dtype=np.float32)
    m.vertices.foreach_get('co', p)
    p = p.reshape(-1, 3)
    d = np.stack([wobble(p, wave * s, seed + i, 4) for i, s in enumerate((1.0, 1.2, 0.9))], -1)
    m.vertices.foreach_set('co', (p + d * bumps).astype(np.float32).ravel())
    m.polygons.foreach_set('use_smooth', np.ones(len(m.polygons), dtype=bool))
    m.materials.append(material)
    m.update()
    return o


def tube(name, path, radius, material, around=10, colour=None, closed=False, up=(0.01, 0.02, 1.0)):
    """A round strand along a path (n × 3) that nowhere runs along `up`; `radius` is a number or one for each point."""
    path = np.asarray(path, dtype=float)
    n = len(path)
    t = np.roll(path, -1, 0) - np.roll(path, 1, 0) if closed else np.gradient(path, axis=0)
    t /= np.linalg.norm(t, axis=1, keepdims=True) + 1e-12
    a = np.cross(t, np.array(up))
    weak = np.linalg.norm(a, axis=1) < 0.05
    a[weak] = np.cross(t[weak], [1.0, 0, 0])
    a /= np.linalg.norm(a, axis=1, keepdims=True)
    b = np.cross(a, t)
    phi = np.linspace(0, TAU, around, endpoint=False)
    radius = np.broadcast_to(np.asarray(radius, dtype=float), (n,)) if np.ndim(radius) < 2 else radius
    rr = radius[:, None] if radius.ndim == 1 else radius
    ring = path[:, None] + rr[..., None] * (np.cos(phi)[None, :, None] * a[:, None] + np.sin(phi)[None, :, None] * b[:, None])
    length = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(path, axis=0), axis=1))])
    uv = np.stack(np.broadcast_arrays(length[:, None], phi[None] / TAU * float(np.mean(radius)) * TAU), -1).reshape(-1, 2)
    col = None if colour is None else np.repeat(np.broadcast_to(colour, (n, 3)), around, 0)
    return mesh(name, ring.reshape(-1, 3), grid_faces(n, around, True, closed), material, uv, col)


def join(objects, name):
    bpy.ops.object.select_all(action='DESELECT')
    for o in objects:
        o.select_set(True)
    bpy.context.view_layer.objects.active = objects[0]
    bpy.ops.object.join()
    objects[0].name = name
    return objects[0]


# ---------------------------------------------------------------- cloth

PLAIN = [[1, 0], [0, 1]]
TWILL = [[1, 1, 0, 0], [0, 1, 1, 0], [0, 0, 1, 1], [1, 0, 0, 1]]
BASKET = [[1, 1, 0, 0], [1, 1, 0, 0], [0, 0, 1, 1], [0, 0, 1, 1]]
RIB = [[0, 1], [0, 1], [1, 0], [1, 0]]
WEFT_FACED = [[0, 0], [0, 0]]  # the weft is beaten so close that it hides the warp


def herringbone(half=8):
    """Twill that turns round after `half` threads of the warp."""
    rows = []
    for y in range(4):
        up = [1 if (x + y) % 4 < 2 else 0 for x in range(half)]
        rows.append(up + [1 if (half - 1 - x + y + 2) % 4 < 2 else 0 for x in range(half)])
    return rows


def stripes(runs):
    """Colours of threads in order: [('#e8dfcb', 40), ('#34506b', 4)] → one for each thread."""
    return [c for c, n in runs for _ in range(n)]


def cloth(name, warp, weft, structure=PLAIN, pitch=0.0007, weft_pitch=None, seed=1, slub=0.5, depth=None, sheen=0.25,
          thin=0.0, soft=0.0, uneven=0.22):
    """The material of a woven cloth, thread by thread. `warp` runs along v and is ordered along u; `weft` the other way round.

    `structure` says which thread lies above (1: warp); `pitch` is the distance of threads; `slub` how uneven they are spun;
    `thin` lets light through.
    """
    weft_pitch = weft_pitch or pitch
    s = Shader(name)
    st = np.array(structure, dtype=float)
    rows, cols = st.shape
    px = max(4, 24)
    ny, nx = 96 // rows * rows, 96 // cols * cols
    st = np.tile(st, (ny // rows, nx // cols))
    h, w = ny * px // 2, nx * px // 2
    rng = np.random.default_rng(seed)
    y, x = (np.arange(h) + 0.5) / (px // 2), (np.arange(w) + 0.5) / (px // 2)
    # Threads swim a little, so that no line is ruled.
    swim = (fbm((h, w), seed + 1, 2.4, low=3) - 0.5) * 0.9
    swim2 = (fbm((h, w), seed + 2, 2.4, low=3) - 0.5) * 0.9
    X, Y = (x[None] + swim) % nx, (y[:, None] + swim2) % ny
    over = st[Y.astype(int) % ny, X.astype(int) % nx]
    fx, fy = X % 1 - 0.5, Y % 1 - 0.5
    if not st.any():
        fx = (X + 0.5 * (Y.astype(int) % 2)) % 1 - 0.5
    thick_w = 1 + (fbm((h, w), seed + 3, 1.2, (1, 12), 2) - 0.5) * slub  # slubs run along the thread
    thick_f = 1 + (fbm((h, w), seed + 4, 1.2, (12, 1), 2) - 0.5) * slub
    round_w = np.sqrt(np.clip(1 - (fx / 0.52 / thick_w) ** 2, 0, 1)) * (0.75 + 0.25 * np.cos(fy * math.pi))
    round_f = np.sqrt(np.clip(1 - (fy / 0.52 / thick_f) ** 2, 0, 1)) * (0.75 + 0.25 * np.cos(fx * math.pi))
    height = np.where(over > 0.5, round_w, round_f)
    ply = np.where(over > 0.5, np.sin((fy * 2.2 + fx * 1.6) * TAU), np.sin((fx * 2.2 + fy * 1.6) * TAU))
    height = height * (0.94 + 0.06 * ply)
    tile = picture(f'{name}-tile', np.stack([over, height, np.clip(0.35 + 0.65 * height, 0, 1)], -1), colour=False)
    tile_uv = s.uv((1 / (nx * pitch), 1 / (ny * weft_pitch)))
    t = s.node('ShaderNodeTexImage', Vector=tile_uv)
    t.image = tile
    part = s.node('ShaderNodeSeparateColor', Color=t.outputs[0])
    over_s, height_s, shade_s = part.outputs
    uv = s.uv()
    u, v = s.part(uv, 0), s.part(uv, 1)
    lines = []
    for colours, along, step in ((warp, u, pitch), (weft, v, weft_pitch)):
        base = hexes(colours)
        base = np.clip(base * (1 + rng.standard_normal((len(base), 1)) * 0.035), 0, 1)
        strip = picture(f'{name}-{len(lines)}', np.repeat(base[None], 4, 0))
        lines.append(s.image(strip, s.xyz(s.math('DIVIDE', along, len(base) * step), 0.5), nearest=True))
    streak_w = s.image(picture(f'{name}-sw', fbm((512, 512), seed + 5, 0.9, (1, 40), 2), False), s.uv((1 / 0.19, 1 / 0.43)))
    streak_f = s.image(picture(f'{name}-sf', fbm((512, 512), seed + 6, 0.9, (40, 1), 2), False), s.uv((1 / 0.41, 1 / 0.17)))
    wide = lambda f: s.math('ADD', s.math('MULTIPLY', s.math('SUBTRACT', f, 0.5), uneven * 3.2), 1.0)
    warp_c = s.mix(1.0, lines[0], wide(streak_w), 'MULTIPLY')
    weft_c = s.mix(1.0, lines[1], wide(streak_f), 'MULTIPLY')
    colour = s.mix(over_s, weft_c, warp_c)
    colour = s.mix(0.85, colour, shade_s, 'MULTIPLY')
    colour = s.mix(0.30, colour, '#ffffff', 'SOFT_LIGHT')
    s.set(Base__Color=colour, Roughness=0.88, Sheen__Weight=sheen, Sheen__Roughness=0.45, Specular__IOR__Level=0.2)
    s.set(Normal=s.bump(height_s, depth or pitch * 0.8, 0.9))
    if soft:
        s.set(Subsurface__Weight=soft, Subsurface__Scale=0.002)
    if thin:
        tr = s.node('ShaderNodeBsdfTranslucent', Color=colour)
        m = s.node('ShaderNodeMixShader', Fac=thin)
        s.put(m.inputs[1], s.bsdf.outputs[0])
        s.put(m.inputs[2], tr.outputs[0])
        s.put(s.out.inputs[0], m.outputs[0])
    return s.material


def sheet(name, width, length, material, at, cols=120, rows=160, thickness=0.0009, seed=0, frayed=0.0007):
    """A piece of cloth whose point (u, v) in metres lies where `at(u, v)` says (arrays in, n × 3 out)."""
    u, v = np.meshgrid(np.linspace(0, width, cols), np.linspace(0, length, rows))
    u, v = u.ravel(), v.ravel()
    edge = frayed * wobble(np.stack([v, u, 0 * u], -1), 0.02, seed + 9)
    p = at(u + np.where((u < 1e-9) | (u > width - 1e-9), edge, 0), v + np.where((v < 1e-9) | (v > length - 1e-9), edge, 0))
    o = mesh(name, p, grid_faces(rows, cols), material, np.stack([u, v], -1))
    modify(o, 'SOLIDIFY', thickness=thickness, offset=0.0)
    return o


def folded(name, width, depth, layers, material, seed=0, step=0.004, thickness=0.0016, soft=0.0012, cols=70, uv_from=(0.0, 0.0)):
    """A cloth folded to and fro: `layers` layers of `depth`, the folds at front and back."""
    rng = np.random.default_rng(seed)
    path, lengths = [], []
    for i in range(layers):
        y0, y1 = -depth / 2 + rng.uniform(-1, 1) * 0.0035, depth / 2 + rng.uniform(-1, 1) * 0.0035
        run = np.linspace(y0, y1, 50) if i % 2 == 0 else np.linspace(y1, y0, 50)
        sag = np.sin((run + depth / 2) / depth * math.pi)
        path += [(y, i * step + 0.0006 * s) for y, s in zip(run, sag)]
        if i + 1 < layers:
            end = run[-1]
            out = 1 if i % 2 == 0 else -1
            for a in np.linspace(-math.pi / 2, math.pi / 2, 13)[1:-1]:
                path.append((end + out * math.cos(a) * step * 0.75, i * step + step / 2 + math.sin(a) * step / 2))
    path = np.array(path)
    s = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(path, axis=0).T))])
    u = np.linspace(0, width, cols)
    U, V = np.meshgrid(u, s)
    Y, Z = np.meshgrid(u, path[:, 0])[1], np.meshgrid(u, path[:, 1])[1]
    layer = np.round(Z / step * 2) / 2
    points = np.stack([U - width / 2, Y, Z], -1).reshape(-1, 3)
    points[:, 2] += soft * wobble(points * [1, 1, 0.25], 0.12, seed) * (0.4 + points[:, 2] / max(step, layers * step))
    points[:, 1] += soft * 1.2 * wobble(np.stack([points[:, 0], layer.ravel() * 0.11, 0 * points[:, 0]], -1), 0.16, seed + 1)
    points[:, 0] += soft * 1.6 * wobble(np.stack([points[:, 1], layer.ravel() * 0.13, 0 * points[:, 0]], -1), 0.15, seed + 2)
    edge = np.abs(points[:, 0]) / (width / 2)
    points[:, 2] -= np.clip(edge - 0.9, 0, 1) * 10 * step * 0.18 * (points[:, 2] > step * 0.7)  # the ends hang a little
    o = mesh(name, points, grid_faces(len(s), cols), material, np.stack([U + uv_from[0], V + uv_from[1]], -1).reshape(-1, 2))
    modify(o, 'SOLIDIFY', thickness=thickness, offset=0.0)
    o['height'] = (layers - 1) * step + thickness
    return o


def rumpled(name, width, length, material, seed=0, height=0.012, wave=0.22, flat=None, cols=260, rows=260, turn=0.0, at=(0, 0, 0)):
    """A cloth that lies on a table with soft folds; it is flat where `flat(x, y)` is 1."""
    def where(u, v):
        x, y = u - width / 2, v - length / 2
        p = np.stack([x, y, 0 * x], -1)
        q = p + 0.05 * np.stack([wobble(p, 0.3, seed + 1), wobble(p, 0.35, seed + 2), 0 * x], -1)
        ridge = 1 - np.abs(wobble(q * [1, 0.45, 1], wave, seed + 3, 2))
        z = height * np.clip(ridge - 0.35, 0, 1) ** 2 * 1.8 + 0.0012 * wobble(p, 0.05, seed + 4)
        if flat is not None:
            z = z * (1 - flat(x, y))
        return np.stack([x, y, z + 0.002], -1)
    return place(sheet(name, width, length, material, where, cols, rows, seed=seed), at, turn)


def fringe(name, ends, length, material, seed=0, strands=5, knot=True, fall=None, thick=0.0007):
    """Fringe from the given points (n × 3): bundles of threads, drawn along `fall` (a direction, or lying flat)."""
    rng = np.random.default_rng(seed)
    parts = []
    fall = np.array(fall if fall is not None else (0, -1, 0), dtype=float)
    side = np.cross(fall, [0, 0, 1.0])
    side = side / np.linalg.norm(side) if np.linalg.norm(side) > 0.1 else np.array([1.0, 0, 0])
    for e in ends:
        lean = rng.normal(0, 0.10)
        for k in range(strands):
            n = 12
            t = np.linspace(0, 1, n)
            spread = rng.normal(0, 0.0018) * (np.clip(t - 0.15, 0, 1) * 1.6)
            bend = rng.normal(0, 0.004) * t ** 2
            ln = length * rng.uniform(0.85, 1.12)
            p = np.asarray(e)[None] + fall[None] * (t * ln)[:, None] + side[None] * (spread + bend + lean * t ** 1.5 * length * 0.5)[:, None]
            p[:, 2] += abs(rng.normal(0, 0.0006)) + 0.0004 * np.sin(t * 9 + k)
            parts.append((p, thick * rng.uniform(0.8, 1.2)))
    obs = [tube(f'{name}-{i}', p, r, material, 5) for i, (p, r) in enumerate(parts)]
    return join(obs, name)


def fuzz(o, count, length, radius, seed=0, colour='#e8dcc6', clump=0.0):
    """Fine hairs that stand off wool."""
    s = Shader(f'{o.name}-fuzz')
    s.set(Base__Color=colour, Roughness=0.8)
    o.data.materials.append(s.material)
    m = o.modifiers.new('fuzz', 'PARTICLE_SYSTEM')
    p = m.particle_system.settings
    m.particle_system.seed = seed
    p.type = 'HAIR'
    p.count = count
    p.hair_length = length
    p.use_advanced_hair = True
    p.factor_random = 0.004
    p.brownian_factor = 0.002
    p.render_type = 'PATH'
    p.material = len(o.data.materials)
    p.radius_scale = radius
    p.root_radius = 1.0
    p.tip_radius = 0.3
    p.render_step = 3
    p.use_hair_bspline = False
    return o


# ---------------------------------------------------------------- baskets

def plaited(name, surface, strips, material, colour, rows=1.0, seed=0, samples=260, across=5, lift=0.0012, width=0.92):
    """Strips of leaf plaited over two, under two, along both diagonals of `surface(a, t)`.

    `surface` takes the turn a (0 to 1, closed) and the height t (0 to 1) as arrays and gives points; `strips` go round in each
    direction; `rows` is how often a strip's own width the plait is high; `colour(direction, number)` is the strip's colour.
    """
    rng = np.random.default_rng(seed)
    eps = 1e-3
    points, faces, uvs, cols, base = [], [], [], [], 0
    for direction in (1, -1):
        for k in range(strips):
            t = np.linspace(0, 1, samples)
            e = np.linspace(-0.5, 0.5, across)
            T, E = np.meshgrid(t, e, indexing='ij')
            half = width / strips
            # A strip climbs `rows` widths while it goes as many widths round.
            a = (k + direction * T * rows) / strips + E * half
            tt = T + 0 * E
            p = surface(a, tt)
            pa, pt = surface(a + eps, tt), surface(a, np.clip(tt + eps, 0, 1) )
            pt0 = surface(a, np.clip(tt - eps, 0, 1))
            normal = np.cross(pa - p, pt - pt0)
            normal /= np.linalg.norm(normal, axis=-1, keepdims=True) + 1e-12
            # Over two, under two.
            pos = (T * rows * 2 + (0.5 if direction > 0 else 0.0)) + k
            over = np.tanh(2.2 * np.sin(pos * TAU / 4 + (0 if direction > 0 else math.pi))) * (1 if direction > 0 else 1)
            cup = -(E * 2) ** 2 * 0.35
            off = lift * (over + cup * 0.6) + lift * 0.25 * rng.standard_normal() + lift * 0.3 * np.sin(T * rng.uniform(20, 60) + rng.uniform(0, 6))
            pts = (p + normal * off[..., None]).reshape(-1, 3)
            shade = np.clip(np.array(srgb(colour(direction, k))[:3]) * (1 + 0.16 * rng.standard_normal()), 0, 1)
            points.append(pts)
            faces.append(grid_faces(samples, across) + base)
            uvs.append(np.stack([E * 0.01 + k * 0.013, T * rows * 0.01 + rng.uniform(0, 1)], -1).reshape(-1, 2))
            cols.append(np.broadcast_to(shade, pts.shape))
            base += len(pts)
    o = mesh(name, np.concatenate(points), np.concatenate(faces), material, np.concatenate(uvs), np.concatenate(cols))
    modify(o, 'SOLIDIFY', thickness=0.0007, offset=0.0)
    return o


def leaf_material(name, shine=0.45):
    """Dry leaf or grass: the colour of the strand, with fibres along it."""
    s = Shader(name)
    fibre = s.image(picture(f'{name}-f', fbm((512, 256), 5, 0.8, (1, 60), 4), False), s.uv((60, 3)))
    colour = s.mix(0.75, s.vertex(), s.ramp(fibre, [(0.2, '#8c7a5a'), (0.55, '#ffffff'), (0.9, '#fff8e2')]), 'MULTIPLY')
    s.set(Base__Color=colour, Roughness=shine, Specular__IOR__Level=0.35)
    s.set(Normal=s.bump(fibre, 0.0003, 0.5))
    return s.material


def coiled(name, centre_line, coil, stitch, material, colour, seed=0, around=14, per_stitch=6, slant=0.5):
    """A coil bound stitch by stitch along a path (n × 3): `colour(i, at)` is the colour of stitch i at path length share `at`."""
    path = np.asarray(centre_line, dtype=float)
    s = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(path, axis=0), axis=1))])
    total = s[-1]
    stitches = int(total / stitch)
    n = stitches * per_stitch
    at = np.linspace(0, total, n)
    p = np.stack([np.interp(at, s, path[:, i]) for i in range(3)], -1)
    rng = np.random.default_rng(seed)
    phi = np.linspace(0, TAU, around, endpoint=False)
    jitter = np.repeat(rng.normal(0, 0.12, stitches), per_stitch)
    fat = np.repeat(1 + rng.normal(0, 0.045, stitches), per_stitch)
    phase = at[:, None] / stitch + slant * np.sin(phi)[None] * 0.6 + jitter[:, None] * 0.3
    ridge = np.abs(np.sin(phase * math.pi)) ** 0.55
    radius = coil * (0.86 + 0.16 * ridge) * fat[:, None]
    col = np.array([srgb(colour(i, i / stitches))[:3] for i in range(stitches)])
    col = np.clip(col * (1 + rng.normal(0, 0.13, (stitches, 1))), 0, 1)
    col = np.repeat(col, per_stitch, 0)[:n]
    return tube(name, p, radius, material, around, col)


# ---------------------------------------------------------------- materials

def glaze(name, colour, thick, clay='#a9623c', foot=0.012, rim=None, speckle=0.0, gloss=0.12, seed=1, break_at=0.53, matt=0.0, drips=0.006):
    """Glaze over clay: darker where it gathers, broken on edges, bare above the foot."""
    s = Shader(name)
    o = s.object()
    z = s.part(o, 2)
    cloud = s.noise(s.object((1, 1, 2.2)), 22 + seed, 4, 0.6)
    base = s.mix(s.ramp(cloud, [(0.30, 0.0), (0.72, 1.0)]), colour, thick)
    fine = s.noise(o, 420, 3, 0.6)
    base = s.mix(0.22, base, s.ramp(fine, [(0.3, '#b0a899'), (0.7, '#ffffff')]), 'MULTIPLY')
    if speckle:
        v = s.node('ShaderNodeTexVoronoi', Vector=o, Scale=330.0)
        spot = s.ramp(s.math('ADD', v.outputs['Distance'], s.math('MULTIPLY', s.noise(o, 90, 2), 0.55)), [(0.26 + 0.12 * speckle, 1.0), (0.32 + 0.14 * speckle, 0.0)])
        base = s.mix(s.math('MULTIPLY', spot, 0.85), base, '#3d2a1c')
    point = s.node('ShaderNodeNewGeometry').outputs['Pointiness']
    edge = s.ramp(point, [(break_at - 0.015, 0.0), (break_at + 0.03, 1.0)])
    base = s.mix(s.math('MULTIPLY', edge, 0.85), base, rim or clay)
    line = s.math('ADD', z, s.math('MULTIPLY', s.math('SUBTRACT', s.noise(s.object((1, 1, 0.3)), 26, 2), 0.5), drips * 2))
    bare = s.ramp(s.math('MULTIPLY', s.math('SUBTRACT', s.math('ADD', line, 0.5), foot), 1.0), [(0.4985, 1.0), (0.5, 0.0)])
    clay_c = s.mix(0.6, clay, s.ramp(s.noise(o, 240, 5, 0.7), [(0.25, '#8d7b6c'), (0.75, '#ffffff')]), 'MULTIPLY')
    s.set(Base__Color=s.mix(bare, base, clay_c), Roughness=s.mix(bare, s.ramp(cloud, [(0.2, gloss), (0.9, gloss + 0.16 + matt)]), '#d8d8d8'))
    s.set(Specular__IOR__Level=0.5, Coat__Weight=0.0)
    s.set(Normal=s.bump(s.math('ADD', s.noise(o, 70, 3), s.math('MULTIPLY', fine, 0.12)), 0.0011, 0.55))
    return s.material


def bare_clay(name, colour, dark, seed=1, grain=0.5):
    """Unglazed earthenware with marks of the fire."""
    s = Shader(name)
    o = s.object()
    flame = s.noise(s.object((1, 1, 0.6)), 9 + seed, 4, 0.6, 0.6)
    c = s.mix(s.ramp(flame, [(0.36, 0.0), (0.74, 1.0)]), colour, dark)
    c = s.mix(0.7, c, s.ramp(s.noise(o, 300, 6, 0.75), [(0.28, '#93816f'), (0.7, '#ffffff')]), 'MULTIPLY')
    s.set(Base__Color=c, Roughness=0.82, Specular__IOR__Level=0.25)
    s.set(Normal=s.bump(s.noise(s.object((1, 1, 3)), 190, 6, 0.7), 0.0012, grain))
    return s.material


def wood(name, light, dark, plank=0.16, seed=1, worn=0.5, gloss=0.42, length=1.3, gaps=True, along='x'):
    """Boards side by side; u runs along the grain."""
    rng = np.random.default_rng(seed)
    h, w, boards = 1536, 1536, 6
    per = h // boards
    rows = []
    for b in range(boards):
        n = fbm((per, w), seed * 31 + b, 2.6, (1.8, 0.3))
        y = np.linspace(-1, 1, per)[:, None]
        x = np.linspace(0, 1, w)[None]
        off = rng.uniform(-1.5, 1.5)
        arch = ((y - off * 0.4) ** 2 * rng.uniform(0.6, 2.2) + np.cos(x * TAU) * 0.22 * rng.uniform(-1, 1) + (n - 0.5) * 1.9)
        rings = arch * rng.uniform(5, 9)
        g = (rings % 1)
        g = np.where(g < 0.82, g / 0.82, (1 - g) / 0.18) ** 1.6
        pores = fbm((per, w), seed * 57 + b, 0.5, (60, 1), 8)
        pores = np.clip((pores - 0.42) * 3, 0, 1)
        t = np.clip(0.42 * g + 0.30 * (1 - pores) + 0.55 * (n - 0.5) + rng.uniform(0.0, 0.22), 0, 1)
        if gaps:
            edge = np.minimum(np.arange(per), np.arange(per)[::-1])[:, None]
            gap = np.clip(1 - edge / 3.0, 0, 1)
        else:
            gap = np.zeros((per, 1))
        rows.append(np.stack(np.broadcast_arrays(t, gap, pores), -1))
    tex = np.concatenate(rows)
    light_c, dark_c = hexes([light, dark])
    t, gap, pores = tex[..., 0:1], tex[..., 1:2], tex[..., 2]
    col = light_c * (1 - t) + dark_c * t
    blot = fbm((h, w), seed + 77, 2.2)[..., None]
    col = col * (1 + (blot - 0.5) * worn * 0.5) * (1 - 0.88 * gap)
    s = Shader(name)
    where = s.uv((1 / length, 1 / (plank * boards)), 0 if along == 'x' else math.pi / 2)
    c = s.image(picture(f'{name}-c', col), where)
    hgt = s.image(picture(f'{name}-h', np.clip(0.6 + 0.25 * (pores - 0.5) - 0.2 * t[..., 0] - gap[..., 0] * 0.8, 0, 1), False), where)
    s.set(Base__Color=c, Roughness=s.ramp(hgt, [(0.2, gloss + 0.25), (0.8, gloss)]), Specular__IOR__Level=0.35)
    s.set(Normal=s.bump(hgt, 0.0016, 0.6))
    return s.material


def plaster(name, colour, dark, seed=1, rough=1.0):
    """A wall of lime plaster, laid on by hand."""
    s = Shader(name)
    big = s.image(picture(f'{name}-a', fbm((1024, 1024), seed, 1.7), False), s.uv((0.5, 0.5)))
    trowel = s.image(picture(f'{name}-b', fbm((1024, 1024), seed + 1, 1.5, (0.5, 1.4), 3), False), s.uv((0.9, 0.9)))
    fine = s.image(picture(f'{name}-d', fbm((1024, 1024), seed + 2, 1.0, low=8), False), s.uv((2.6, 2.6)))
    c = s.mix(s.ramp(big, [(0.25, 0.0), (0.8, 1.0)]), colour, dark)
    c = s.mix(0.35, c, s.ramp(trowel, [(0.25, '#cfc8bd'), (0.75, '#ffffff')]), 'MULTIPLY')
    s.set(Base__Color=c, Roughness=0.9, Specular__IOR__Level=0.15)
    h = s.math('ADD', s.math('MULTIPLY', trowel, 1.0), s.math('MULTIPLY', fine, 0.35))
    s.set(Normal=s.bump(h, 0.012 * rough, 0.6))
    return s.material


def stone(name, colour, dark, seed=1, gloss=0.55):
    s = Shader(name)
    a = s.image(picture(f'{name}-a', fbm((1024, 1024), seed, 1.6), False), s.uv((1.4, 1.4)))
    b = s.image(picture(f'{name}-b', fbm((1024, 1024), seed + 1, 0.6, low=4), False), s.uv((2.3, 2.3)))
    c = s.mix(s.ramp(a, [(0.2, 0.0), (0.8, 1.0)]), colour, dark)
    c = s.mix(0.5, c, s.ramp(b, [(0.2, '#a79c8c'), (0.6, '#ffffff')]), 'MULTIPLY')
    s.set(Base__Color=c, Roughness=gloss, Specular__IOR__Level=0.3)
    s.set(Normal=s.bump(s.math('ADD', a, s.math('MULTIPLY', b, 0.3)), 0.006, 0.6))
    return s.material


def soap(name, colours, seed=1, marble=0.0, flecks=None, fleck_size=260.0, turn=(1.0, 0.3, 0.5), gloss=0.42, glow=0.35, stamp=0.0):
    """Soap: light goes into it; `marble` swirls the two colours, `flecks` are bits of the given colour; `stamp` is the radius of
    a ring pressed into the top."""
    s = Shader(name)
    o = s.object(turn)
    if marble:
        w = s.node('ShaderNodeTexWave', Vector=o, Scale=14.0, Distortion=13.0 * marble, Detail=4.0, Detail__Scale=1.3)
        w.wave_profile = 'SIN'
        w.inputs['Phase Offset'].default_value = seed
        f = s.ramp(s.math('ADD', w.outputs[1], s.math('MULTIPLY', s.noise(o, 90, 3), 0.35)), [(0.52, 0.0), (0.95, 1.0)])
    else:
        f = s.ramp(s.noise(s.object(), 34 + seed, 4, 0.6), [(0.3, 0.0), (0.75, 1.0)])
    c = s.mix(f, colours[0], colours[1])
    p = s.object()
    c = s.mix(0.28, c, s.ramp(s.noise(p, 160, 4, 0.6), [(0.3, '#c9c2b4'), (0.7, '#ffffff')]), 'MULTIPLY')
    if flecks:
        v = s.node('ShaderNodeTexVoronoi', Vector=p, Scale=fleck_size)
        spot = s.ramp(s.math('ADD', v.outputs['Distance'], s.math('MULTIPLY', s.noise(p, 60, 2), 0.6)), [(0.40, 1.0), (0.46, 0.0)])
        c = s.mix(s.math('MULTIPLY', spot, 0.75), c, flecks)
    # A dry bloom lies on the edges of a cured bar.
    point = s.node('ShaderNodeNewGeometry').outputs['Pointiness']
    c = s.mix(s.math('MULTIPLY', s.ramp(point, [(0.51, 0.0), (0.60, 1.0)]), 0.35), c, '#fffaf0')
    s.set(Base__Color=c, Roughness=s.ramp(s.noise(p, 45, 3), [(0.3, gloss), (0.8, gloss + 0.25)]), Subsurface__Weight=glow,
          Subsurface__Scale=0.006, Specular__IOR__Level=0.4)
    s.bsdf.inputs['Subsurface Radius'].default_value = (1.0, 0.7, 0.4)
    h = s.math('ADD', s.noise(s.object((1, 1, 0.2)), 95, 5, 0.65), s.math('MULTIPLY', s.noise(p, 480, 2), 0.25))
    n = s.bump(h, 0.0009, 0.55)
    if stamp:
        flat = s.node('ShaderNodeVectorMath', _operation='LENGTH', i0=s.xyz(s.part(p, 0), s.part(p, 1)))
        away = s.math('ABSOLUTE', s.math('SUBTRACT', flat.outputs['Value'], stamp))
        away2 = s.math('ABSOLUTE', s.math('SUBTRACT', flat.outputs['Value'], stamp * 0.62))
        away = s.math('MULTIPLY', s.math('MINIMUM', away, away2), 100.0)
        n = s.bump(s.ramp(away, [(0.03, 0.0), (0.11, 1.0)]), 0.0016, 1.0, n)
    s.set(Normal=n)
    return s.material


def plain(name, colour, rough=0.6, bump=0.0, scale=300.0, **more):
    s = Shader(name)
    s.set(Base__Color=colour, Roughness=rough, **more)
    if bump:
        s.set(Normal=s.bump(s.noise(s.object(), scale, 4), bump, 0.6))
    return s.material


def leather(name, colour, dark, seed=1):
    s = Shader(name)
    o = s.object()
    v = s.node('ShaderNodeTexVoronoi', Vector=o, Scale=620.0)
    v.feature = 'DISTANCE_TO_EDGE'
    grain = s.ramp(v.outputs[0], [(0.0, 0.0), (0.25, 1.0)])
    cloud = s.noise(o, 14 + seed, 5, 0.65)
    c = s.mix(s.ramp(cloud, [(0.3, 0.0), (0.75, 1.0)]), colour, dark)
    point = s.node('ShaderNodeNewGeometry').outputs['Pointiness']
    c = s.mix(s.math('MULTIPLY', s.ramp(point, [(0.52, 0.0), (0.62, 1.0)]), 0.5), c, '#d9a877')
    s.set(Base__Color=c, Roughness=s.ramp(cloud, [(0.3, 0.36), (0.8, 0.55)]), Specular__IOR__Level=0.4)
    s.set(Normal=s.bump(s.math('ADD', s.math('MULTIPLY', grain, 0.35), s.noise(o, 60, 4)), 0.0009, 0.6))
    return s.material


# ---------------------------------------------------------------- light, room, camera

def room(mood='warm', wall=None, table=None, depth=0.75, size=(3.2, 2.4)):
    """A wall and a table before it; the table's surface is z = 0, its edge lies behind."""
    w = plaster('wall', *(('#e3d3bb', '#d2bd9f') if mood == 'warm' else ('#d9dbd6', '#c4c9c6'))) if wall is None else wall
    def plane(name, corners, material, uv):
        p = np.array(corners, dtype=float)
        return mesh(name, p, [[0, 1, 2, 3]], material, uv, smooth=False)
    x, y = size[0] / 2, depth
    plane('wall', [(-x, y, -1), (x, y, -1), (x, y, 2), (-x, y, 2)], w, [(0, 0), (size[0], 0), (size[0], 3), (0, 3)])
    if table is not None:
        t = plane('table', [(-x, -1.6, 0), (x, -1.6, 0), (x, y, 0), (-x, y, 0)], table,
                  [(0, 0), (size[0], 0), (size[0], y + 1.6), (0, y + 1.6)])
        return t


def window(sun=3.2, sky=26.0, turn=-58.0, height=38.0, colour='#ffd9a8', sky_colour='#dfe8f2', soft=1.6, bars=True, leaves=0, seed=3,
           ambient=0.32, ambient_colour='#efe4d4', target=(0, 0, 0.08), shift=(0.0, 0.0)):
    """Window light: low sun through bars or leaves, and the sky of a large window on the same side.

    `turn` is the side it comes from (degrees, −90 is left), `height` its height above the horizon.
    """
    a, e = math.radians(turn), math.radians(height)
    d = Vector((math.sin(a) * math.cos(e), -math.cos(a) * math.cos(e), math.sin(e)))  # towards the light
    light = bpy.data.lights.new('sun', 'SUN')
    light.energy, light.angle, light.color = sun, math.radians(soft), srgb(colour)[:3]
    o = bpy.data.objects.new('sun', light)
    bpy.context.scene.collection.objects.link(o)
    o.rotation_euler = d.to_track_quat('Z', 'Y').to_euler()
    area = bpy.data.lights.new('sky', 'AREA')
    area.shape, area.size, area.size_y = 'RECTANGLE', 1.5, 1.5
    area.energy, area.color = sky, srgb(sky_colour)[:3]
    w = bpy.data.objects.new('sky', area)
    bpy.context.scene.collection.objects.link(w)
    sky_d = Vector((math.sin(a) * math.cos(e * 0.9), -math.cos(a) * math.cos(e * 0.9) * 0.8, math.sin(e * 0.9) + 0.15)).normalized()
    w.location = Vector(target) + sky_d * 1.9
    w.rotation_euler = sky_d.to_track_quat('Z', 'Y').to_euler()
    world = bpy.data.worlds.new('room')
    bpy.context.scene.world = world
    world.use_nodes = True
    bg = world.node_tree.nodes['Background']
    bg.inputs[0].default_value = srgb(ambient_colour)
    bg.inputs[1].default_value = ambient
    # What stands between sun and table: it throws shadows and is not seen.
    side = d.cross(Vector((0, 0, 1))).normalized()
    up = side.cross(d).normalized()
    centre = Vector(target) + d * 1.25 + side * shift[0] + up * shift[1]
    black = plain('shade', '#101010', 1.0)
    pts, fcs = [], []
    def quad(c, hw, hh, roll=0.0, bend=0.0):
        s2 = side * math.cos(roll) + up * math.sin(roll)
        u2 = up * math.cos(roll) - side * math.sin(roll)
        b = len(pts)
        for i, j in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
            pts.append(tuple(c + s2 * (i * hw) + u2 * (j * hh)))
        fcs.append((b, b + 1, b + 2, b + 3))
    if bars:
        for x in (-0.33, 0.0, 0.33):
            quad(centre + side * x, 0.016, 1.0)
        for y in (-0.5, -0.14, 0.22, 0.58):
            quad(centre + up * y, 1.0, 0.014)
        quad(centre + side * 1.05, 0.56, 1.4)
        quad(centre - side * 1.05, 0.56, 1.4)
    rng = np.random.default_rng(seed)
    for k in range(leaves):
        # A twig of narrow leaves.
        root = centre + side * rng.uniform(-0.6, 0.6) + up * rng.uniform(-0.5, 0.6)
        lean = rng.uniform(0, TAU)
        for i in range(9):
            along = (side * math.cos(lean) + up * math.sin(lean)) * (i * 0.045)
            for flip in (-1, 1):
                roll = lean + flip * 0.85
                tip = (side * math.cos(roll) + up * math.sin(roll)) * 0.045
                quad(root + along + tip, 0.045, 0.011, roll)
    if pts:
        g = mesh('gobo', np.array(pts), np.array(fcs), black, smooth=False)
        g.visible_camera = g.visible_diffuse = g.visible_glossy = g.visible_transmission = False
    return d


def camera(at, look, lens=85.0, f=4.0, focus=None, roll=0.0, shift=(0.0, 0.0)):
    """A camera of 36 mm film width; `focus` is a point (default: what it looks at)."""
    c = bpy.data.cameras.new('camera')
    o = bpy.data.objects.new('camera', c)
    bpy.context.scene.collection.objects.link(o)
    o.location = at
    d = Vector(look) - Vector(at)
    q = d.to_track_quat('-Z', 'Y')
    o.rotation_euler = q.to_euler()
    o.rotation_euler.rotate_axis('Z', roll)
    c.lens, c.sensor_width, c.sensor_fit = lens, 36.0, 'HORIZONTAL'
    c.shift_x, c.shift_y = shift
    c.clip_start = 0.01
    c.dof.use_dof = True
    n = (Vector(focus if focus is not None else look) - Vector(at))
    c.dof.focus_distance = n.dot(d.normalized())
    c.dof.aperture_fstop = f
    bpy.context.scene.camera = o
    return o


def settle(objects, floor, frames=70, friction=0.7, shape='CAPSULE'):
    """Lets things fall and come to rest (rigid bodies), then leaves them where they lie."""
    scene = bpy.context.scene
    bpy.ops.rigidbody.world_add()
    scene.rigidbody_world.substeps_per_frame = 8
    scene.rigidbody_world.solver_iterations = 10
    scene.rigidbody_world.point_cache.frame_end = frames + 1
    def body(o, kind, shape):
        bpy.context.view_layer.objects.active = o
        bpy.ops.rigidbody.object_add()
        o.rigid_body.type = kind
        o.rigid_body.collision_shape = shape
        o.rigid_body.friction = friction
        o.rigid_body.use_margin = True
        o.rigid_body.collision_margin = 0.0003
        if kind == 'ACTIVE':
            o.rigid_body.mass = 0.01
            o.rigid_body.linear_damping = 0.2
            o.rigid_body.angular_damping = 0.5
    for o in floor:
        body(o, 'PASSIVE', 'MESH')
    for o in objects:
        body(o, 'ACTIVE', shape)
    for f in range(1, frames + 1):
        scene.frame_set(f)
    where = [(o, o.matrix_world.copy()) for o in objects]
    bpy.ops.rigidbody.world_remove()
    for o, m in where:
        o.matrix_world = m
    for o in list(objects) + list(floor):
        if o.rigid_body:
            bpy.context.view_layer.objects.active = o
            bpy.ops.rigidbody.object_remove()
    scene.frame_set(1)


def empty():
    """A new, empty file."""
    bpy.ops.wm.read_factory_settings(use_empty=True)


def expose(path, width, height, samples, seed=1, exposure=1.1, look='AgX - Medium High Contrast', threads=0):
    """Renders the scene to a PNG."""
    s = bpy.context.scene
    s.render.engine = 'CYCLES'
    c = s.cycles
    c.device = 'CPU'
    c.samples = samples
    c.seed = seed
    c.use_adaptive_sampling = True
    c.adaptive_threshold = 0.035
    c.adaptive_min_samples = max(5, samples // 2)
    c.use_denoising = True
    c.denoiser = 'OPENIMAGEDENOISE'
    c.denoising_prefilter = 'FAST'
    c.max_bounces, c.diffuse_bounces, c.glossy_bounces = 6, 2, 2
    c.transmission_bounces, c.transparent_max_bounces = 6, 4
    c.caustics_reflective = c.caustics_refractive = False
    c.sample_clamp_indirect = 3.0
    c.blur_glossy = 1.0
    r = s.render
    r.resolution_x, r.resolution_y, r.resolution_percentage = width, height, 100
    r.use_persistent_data = True
    r.threads_mode = 'FIXED' if threads else 'AUTO'
    if threads:
        r.threads = threads
    r.image_settings.file_format = 'PNG'
    r.filepath = path
    s.view_settings.view_transform = 'AgX'
    try:
        s.view_settings.look = look
    except TypeError:
        s.view_settings.look = 'None'
    s.view_settings.exposure = exposure
    bpy.ops.render.render(write_still=True)


def develop(png, jpeg, seed=1, grain=0.012, warmth=0.0, limit=245_000):
    """From the render to the photograph: a trace of grain and vignette, and a JPEG that weighs little."""
    im = np.asarray(Image.open(png).convert('RGB')).astype(np.float32) / 255
    h, w, _ = im.shape
    rng = np.random.default_rng(seed)
    n = rng.standard_normal((h, w, 1)).astype(np.float32)
    n = (n + np.roll(n, 1, 0) + np.roll(n, 1, 1)) / 1.7
    y, x = np.mgrid[-1:1:h * 1j, -1:1:w * 1j].astype(np.float32)
    vignette = 1 - 0.07 * np.clip(x * x + y * y - 0.5, 0, 2)[..., None]
    lum = im.mean(-1, keepdims=True)
    im = im * vignette + n * grain * (0.35 + 0.65 * 4 * lum * (1 - lum))
    im = im * np.array([1 + warmth, 1.0, 1 - warmth], dtype=np.float32)
    out = Image.fromarray((np.clip(im, 0, 1) * 255 + 0.5).astype('uint8'))
    for quality in (86, 84, 82, 80, 77, 74, 70, 66):
        out.save(jpeg, quality=quality, optimize=True, progressive=True, subsampling='4:2:0')
        if os.path.getsize(jpeg) <= limit:
            break
    return quality


# ---------------------------------------------------------------- things that several scenes need

def cushion(name, size, height, material, seed=0, n=120, uv_from=(0.0, 0.0)):
    """A filled cushion of `size` metres square, lying on z = 0."""
    g = np.sin(np.linspace(-1, 1, n) * math.pi / 2)
    X, Y = np.meshgrid(g, g)
    x, y = X.ravel(), Y.ravel()
    full = ((1 - x ** 2) * (1 - y ** 2)).clip(0) ** 0.42
    px = x * (1 - 0.075 * (1 - y ** 2) * np.abs(x) ** 1.5) * size / 2
    py = y * (1 - 0.075 * (1 - x ** 2) * np.abs(y) ** 1.5) * size / 2
    rng = np.random.default_rng(seed)
    q = np.stack([px, py, 0 * px], -1)
    # Folds run from the corners and along the seams.
    edge = np.maximum(np.abs(x), np.abs(y))
    along = np.where(np.abs(x) > np.abs(y), py, px)
    folds = 0.035 * size * (edge ** 5) * full ** 0.6 * np.sin(along / size * 46 + 2.2 * wobble(q, size * 0.5, seed + 5))
    front = full * height / 2 * (1 + 0.10 * wobble(q, size * 0.6, seed)) + folds * 0.35 + 0.02 * size * wobble(q, size * 0.35, seed + 1) * full
    uv = np.stack([(x + 1) * size / 2 + uv_from[0], (y + 1) * size / 2 + uv_from[1]], -1)
    a = mesh(name, np.stack([px, py, front + height / 2], -1), grid_faces(n, n), material, uv)
    back = -full * height / 2
    b = mesh(name + 'back', np.stack([px, py, back + height / 2], -1), grid_faces(n, n)[:, ::-1], material, uv)
    return join([a, b], name)


def hanging(name, width, front, back, material, rail=(0.0, 0.0, 0.9), bar=0.0145, folds=5.0, deep=0.018, seed=0, cols=180, rows=220, gather=0.9):
    """A cloth over a rail that runs along x: `front` metres hang before it, `back` behind."""
    rng = np.random.default_rng(seed)
    ph = rng.uniform(0, TAU, 4)
    def where(u, v):
        s = v - back  # 0 on top of the rail
        round_ = bar * math.pi / 2
        a = np.clip(s / bar, -math.pi / 2, math.pi / 2)
        down = np.clip(np.abs(s) - round_, 0, None)
        side = np.sign(s)
        k = u / width
        grow = np.clip(down / 0.25, 0, 1) ** 0.8
        wave = np.sin(k * folds * TAU + ph[0] + 0.8 * np.sin(k * 5 + ph[1])) * 0.6 + 0.4 * np.sin(k * folds * 1.7 * TAU + ph[2])
        wave = wave + 0.35 * np.sin(k * 9 + down * 7 + ph[3])
        squeeze = 1 - (1 - gather) * np.clip(down / 0.5, 0, 1)
        x = rail[0] + (k - 0.5) * width * squeeze + 0.004 * np.sin(down * 11 + ph[2])
        y = rail[1] - np.sin(a) * bar - side * down * 0.012 - np.where(side > 0, 1, 0.5) * deep * (wave + 0.9) * grow * 0.6 * (side * 0.5 + 0.5)
        z = rail[2] + np.cos(a) * bar - down - 0.003 * np.abs(wave) * grow
        p = np.stack([x, y, z], -1)
        p[:, 2] += 0.004 * wobble(np.stack([u, 0 * u, 0 * u], -1), 0.2, seed) * (down > 0)
        p[:, 1] += 0.0012 * wobble(p, 0.06, seed + 4)
        return p
    return sheet(name, width, front + back, material, where, cols, rows, seed=seed), where


def rolled(name, width, flat, total, material, radius=0.07, thickness=0.008, seed=0, cols=120):
    """A rug of which `flat` metres lie on the floor from y = 0 backwards, the rest rolled up behind."""
    turns = np.linspace(0, 40, 4000)
    r = np.clip(radius - thickness * turns / TAU, 0.012, None)
    arc = np.concatenate([[0], np.cumsum((r[1:] + r[:-1]) / 2 * np.diff(turns))])
    def where(u, v):
        over = np.clip(v - flat, 0, None)
        phi = np.interp(over, arc, turns)
        rr = np.clip(radius - thickness * phi / TAU, 0.012, None)
        lying = v <= flat
        y = np.where(lying, v, flat + np.sin(phi) * rr)
        z = np.where(lying, 0.0, radius - np.cos(phi) * rr)
        x = u - width / 2 + 0.004 * np.sin(phi * 0.7 + seed)
        p = np.stack([x, y, z + thickness / 2], -1)
        q = np.stack([u, np.minimum(v, flat), 0 * u], -1)
        p[:, 2] += np.where(lying, 0.0022 * (wobble(q, 0.22, seed) + 0.5), 0)
        p[:, 0] += 0.004 * wobble(np.stack([0 * u, v, 0 * u], -1), 0.5, seed + 3)
        return p
    return sheet(name, width, total, material, where, cols, int(total / 0.006), thickness * 0.8, seed, 0.0015)


def date_fruit(name, material, seed=0, length=0.036):
    n, a = 40, 48
    t = np.linspace(0, math.pi, n)
    R, A = np.meshgrid(t, np.linspace(0, TAU, a, endpoint=False), indexing='ij')
    r = np.sin(R) ** 0.82
    p = np.stack([r * np.cos(A) * length * 0.25, r * np.sin(A) * length * 0.25, np.cos(R) * length / 2], -1).reshape(-1, 3)
    w = wobble(p * [1, 1, 0.45], length * 0.28, seed, 3)
    crease = -np.clip(np.abs(w) * -1 + 0.22, 0, 1) * 0.005
    d = p / (np.linalg.norm(p, axis=1, keepdims=True) + 1e-9)
    p = p + d * (crease + 0.0006 * wobble(p, length * 0.5, seed + 2))[:, None]
    return mesh(name, p, grid_faces(n, a, closed_cols=True), material)


def date_skin(name='date', colour='#4a1f0e', light='#8a4719'):
    s = Shader(name)
    o = s.object()
    rnd = s.node('ShaderNodeObjectInfo').outputs['Random']
    f = s.math('ADD', s.math('MULTIPLY', s.noise(o, 70, 4), 0.75), s.math('MULTIPLY', rnd, 0.35))
    c = s.mix(s.ramp(f, [(0.35, 0.0), (0.85, 1.0)]), colour, light)
    bloom = s.ramp(s.noise(o, 130, 5, 0.7), [(0.52, 0.0), (0.75, 0.35)])
    c = s.mix(bloom, c, '#b58a63')
    s.set(Base__Color=c, Roughness=s.ramp(s.noise(o, 90, 3), [(0.3, 0.22), (0.8, 0.5)]), Subsurface__Weight=0.25, Subsurface__Scale=0.004)
    s.bsdf.inputs['Subsurface Radius'].default_value = (1.0, 0.35, 0.12)
    s.set(Normal=s.bump(s.noise(o, 200, 4), 0.0006, 0.5))
    return s.material


def clear_glass(name='glass', tint='#f4f8f4'):
    s = Shader(name)
    s.set(Base__Color=tint, Roughness=0.02, Transmission__Weight=1.0, IOR=1.47)
    # Light passes to what is inside, which the path tracer would not find through two bent surfaces.
    path = s.node('ShaderNodeLightPath')
    m = s.node('ShaderNodeMixShader', Fac=s.math('MAXIMUM', path.outputs['Is Shadow Ray'], path.outputs['Is Diffuse Ray']))
    s.put(m.inputs[1], s.bsdf.outputs[0])
    s.put(m.inputs[2], s.node('ShaderNodeBsdfTransparent').outputs[0])
    s.put(s.out.inputs[0], m.outputs[0])
    return s.material


def jar(name, at, radius, height, content, level=0.86, lid=None, tie=None, seed=0, glass=None):
    """A jar of pressed glass, filled; `lid` is a cloth that is tied over it."""
    g = glass or clear_glass()
    r, h, w = radius, height, 0.0028
    outer = [(0, 0.002), (r * 0.8, 0.0), (r * 0.96, 0.003), (r, 0.012), (r, h * 0.78), (r * 0.97, h * 0.84), (r * 0.84, h * 0.89), (r * 0.80, h * 0.91), (r * 0.80, h)]
    inner = [(r * 0.80 - w, h), (r * 0.80 - w, h * 0.91), (r * 0.84 - w, h * 0.885), (r - w, h * 0.775), (r - w, 0.014), (r * 0.94 - w, 0.007), (0, 0.007)]
    o = turned(name, outer + inner, g, seed, rings=0.00006, wonky=0.0008, around=96, smooth_to=0.0015)
    place(o, at)
    top = 0.007 + (h * 0.84 - 0.007) * level
    rr = r - w + 0.0004
    c = turned(name + 'in', [(0, 0.0066), (r * 0.94 - w, 0.0066), (rr, 0.014), (rr, min(top, h * 0.775)), (rr - 0.001, min(top, h * 0.775) + 0.001), (0, min(top, h * 0.775))],
               content, seed, rings=0, wonky=0.0008, around=96, smooth_to=0.0015)
    place(c, at)
    if lid:
        n, m = 70, 260
        R, A = np.meshgrid(np.linspace(0, 1, n), np.linspace(0, TAU, m, endpoint=False), indexing='ij')
        top_r = r * 0.81
        length = R * (top_r + 0.034)
        flat = np.clip(length, 0, top_r)
        drop = np.clip(length - top_r, 0, None)
        pleat = np.sin(A * 21 + 1.3 * np.sin(A * 3 + seed)) + 0.5 * np.sin(A * 34 + seed)
        tied = np.exp(-((drop - 0.011) / 0.005) ** 2)
        flare = np.clip((drop - 0.010) / 0.024, 0, 1)
        rad = flat + 0.0018 - 0.0012 * tied + flare * (0.007 + 0.0042 * pleat) + 0.0011 * pleat * np.clip(drop / 0.006, 0, 1) * (1 - tied * 0.5)
        z = h + 0.0015 - drop * 0.96 + flare ** 2 * 0.006 - 0.0006 * np.cos(R * 9)
        p = np.stack([rad * np.cos(A), rad * np.sin(A), z], -1).reshape(-1, 3)
        uv = np.stack([length * np.cos(A), length * np.sin(A)], -1).reshape(-1, 2) + 0.2
        l = mesh(name + 'lid', p, grid_faces(n, m, closed_cols=True), lid, uv)
        modify(l, 'SOLIDIFY', thickness=0.0007, offset=0.0)
        place(l, at, seed)
        a = np.linspace(0, TAU * 2, 160)
        rope = np.stack([(top_r + 0.0032) * np.cos(a), (top_r + 0.0032) * np.sin(a), h - 0.0105 + 0.0011 * a / TAU], -1)
        place(tube(name + 'tie', rope, 0.0011, tie), at, 0.4)
    return o


def grains(name, count, spot, material, size, colours, seed=0, long=1.0):
    """Seeds, leaves or crumbs as one mesh; `spot(rng)` says where each lies."""
    rng = np.random.default_rng(seed)
    n, a = 5, 6
    T, A = np.meshgrid(np.linspace(0, math.pi, n), np.linspace(0, TAU, a, endpoint=False), indexing='ij')
    unit = np.stack([np.cos(T) * long, np.sin(T) * np.cos(A), np.sin(T) * np.sin(A) * 0.7], -1).reshape(-1, 3)
    f = grid_faces(n, a, closed_cols=True)
    pts, fcs, cols = [], [], []
    for i in range(count):
        e = np.array(Euler((rng.uniform(0, 6), rng.normal(0, 0.5), rng.uniform(0, 6))).to_matrix())
        pts.append(unit @ e.T * size * rng.uniform(0.6, 1.3) + np.array(spot(rng)))
        fcs.append(f + i * len(unit))
        c = np.array(srgb(colours[rng.integers(len(colours))])[:3]) * rng.uniform(0.75, 1.2)
        cols.append(np.broadcast_to(np.clip(c, 0, 1), unit.shape))
    return mesh(name, np.concatenate(pts), np.concatenate(fcs), material, None, np.concatenate(cols))


def coloured(name, rough=0.7, glow=0.0):
    """Takes its colour from the points of the mesh."""
    s = Shader(name)
    s.set(Base__Color=s.vertex(), Roughness=rough, Specular__IOR__Level=0.3)
    if glow:
        s.set(Subsurface__Weight=glow, Subsurface__Scale=0.002)
    return s.material
