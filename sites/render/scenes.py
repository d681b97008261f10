"""The pictures of the example sites. Each function sets a scene and yields the path of every photograph taken of it.

Everything shown is invented; the weaves and stripes are plain ones.
"""

import math

import numpy as np

from studio import *

PALMS = 'seven-palms/products'
SHORE = 'hazel-shore/products'
RIVERS = 'two-rivers/products'

OLD_WOOD = ('#ad9373', '#66503a')
PALE_WOOD = ('#d8c2a0', '#a98a63')
GREY_WOOD = ('#b8ab98', '#7f7260')
SAND = ('#e4d2b4', '#cfb48d')


def old_table(seed=4):
    return wood('board', *OLD_WOOD, plank=0.17, seed=seed, worn=0.8, gloss=0.45)


def linen(name='linen', ground='#e6dcc8', seed=5):
    return cloth(name, [ground], [ground], PLAIN, pitch=0.0009, seed=seed, slub=0.8, uneven=0.2)


def bowl_profile(radius, height, foot=0.4, wall=0.005, flare=1.0):
    f = radius * foot
    out = [(0.0, 0.004), (f * 0.8, 0.004), (f * 0.86, 0.0), (f, 0.0), (f, 0.007)]
    for t in np.linspace(0.04, 1, 20):
        out.append((f + (radius - f) * math.sin(t * math.pi / 2) ** (0.9 * flare), 0.007 + (height - 0.007) * (t ** 1.7)))
    inside = []
    for t in np.linspace(1, 0.0, 20):
        inside.append((max(0.0, f * 0.95 + (radius - f) * math.sin(t * math.pi / 2) ** (0.9 * flare) - wall), 0.013 + (height - 0.013) * (t ** 1.7)))
    return out + [(radius - wall * 0.4, height + 0.0012)] + inside + [(0.0, 0.0125)]


# ---------------------------------------------------------------- seven-palms

def green_bowls():
    glazes = {
        'green': glaze('green', '#5f8266', '#2f5a4a', seed=2, rim='#8a5a30'),
        'honey': glaze('honey', '#b97a2e', '#7d4717', seed=3, rim='#5d3416'),
        'white': glaze('white', '#e9e2d0', '#d3c8b0', seed=4, speckle=0.55, rim='#a5713f'),
    }
    room('warm', plaster('wall', '#ead9bb', '#d9bf97'), old_table())
    bowls = [turned(f'bowl{i}', bowl_profile(0.078, 0.066, 0.42), glazes['green'], seed=i, rings=0.0005, pitch=0.007) for i in range(4)]
    for i, b in enumerate(bowls[:3]):
        place(b, (0.0015 * (-1) ** i - 0.05, 0.03, 0.0275 * i), turn=i * 2.1, tilt=(0.012 * i, 0.008))
    place(bowls[3], (0.085, -0.075, 0), turn=1.0)
    rumpled('cloth', 0.34, 0.42, cloth('c', stripes([('#d9cbb0', 30), ('#7d3b2a', 4), ('#d9cbb0', 4), ('#7d3b2a', 4)]), ['#e2d6bd'], pitch=0.0011),
            seed=8, height=0.006, wave=0.3, turn=0.5, at=(-0.19, -0.02, 0.0))
    window(turn=-62, height=36, leaves=9, seed=5, shift=(0.1, 0))
    camera((0.12, -1.15, 0.50), (0.012, -0.01, 0.06), 122, 7.1, focus=(-0.02, -0.03, 0.05))
    yield f'{PALMS}/glazed-bowls/green.jpg'
    for name in ('honey', 'white'):
        for b in bowls:
            b.data.materials[0] = glazes[name]
        yield f'{PALMS}/glazed-bowls/{name}.jpg'
    for b, g in zip(bowls, ('green', 'honey', 'white', 'green')):
        b.data.materials[0] = glazes[g]
    camera((0.25, -0.55, 0.42), (0.06, -0.06, 0.04), 90, 5.6, focus=(0.06, -0.12, 0.06))
    yield f'{PALMS}/glazed-bowls/rims.jpg'


def olive_soap():
    t = stone('ledge', '#d9c8a8', '#bfa57b', 3)
    room('warm', plaster('wall', '#eae0cb', '#d5c6a6'), t)
    a = soap('olive', ('#c2b880', '#9c9760'), 1, stamp=0.017)
    b = soap('old', ('#d0bf8e', '#b0a068'), 2, stamp=0.017)
    size = (0.066, 0.066, 0.042)
    for i, (x, y, z, turn, m) in enumerate(((-0.045, 0.03, 0.021, 0.12, a), (-0.04, 0.028, 0.063, -0.25, b), (-0.048, 0.03, 0.105, 0.4, a), (0.05, 0.05, 0.021, -0.3, b))):
        place(box(f'bar{i}', size, m, i, 0.004, 0.00045, 0.03), (x, y, z), turn)
    lean = box('leaning', size, a, 9, 0.004, 0.00045, 0.03)
    place(lean, (0.058, -0.045, 0.0215), 0.75)
    window(turn=-60, height=34, leaves=12, seed=11, shift=(0.05, 0.1))
    camera((0.18, -1.0, 0.36), (0.008, 0.0, 0.062), 135, 8.0, focus=(0, -0.02, 0.06))
    yield f'{PALMS}/olive-oil-soap/olive-oil-soap.jpg'


def wool_blanket():
    room('warm', plaster('wall', '#e0d0b4', '#c9b08a'), old_table(7))
    nat = cloth('nat', stripes([('#e4d8c0', 60), ('#5b4332', 8), ('#e4d8c0', 8), ('#5b4332', 8)]), ['#dccfb5'], TWILL, pitch=0.0019, seed=3, slub=0.9, sheen=0.5, uneven=0.15)
    brown = cloth('brown', ['#6b5040', '#5e4535'], ['#7a5c48'], TWILL, pitch=0.0019, seed=4, slub=0.9, sheen=0.5, uneven=0.2)
    z = 0
    for i, (m, layers) in enumerate(((brown, 4), (nat, 6))):
        o = folded(f'blanket{i}', 0.40 - i * 0.012, 0.30, layers, m, i + 3, 0.0155, 0.0088, 0.003, uv_from=(0.07, 0.02))
        place(o, (0.004 * i, 0.01, z + 0.005), 0.28 + 0.05 * i)
        z += o['height'] + 0.003
        fuzz(o, 9000, 0.010, 0.00006, i, '#f0e6d2' if i else '#9b8270')
    window(turn=-64, height=33, leaves=8, seed=21)
    camera((0.3, -1.45, 0.62), (0.0, 0.0, 0.065), 104, 8.0, focus=(0.05, -0.13, 0.09))
    yield f'{PALMS}/winter-blanket/winter-blanket.jpg'


def market_basket():
    m = leaf_material('palm')
    def surface(a, t):
        z = t * 0.24
        r = 0.125 + 0.045 * np.sin(np.clip(t * 1.15, 0, 1) * math.pi / 2) ** 1.2 - 0.012 * t ** 6
        r = r * (1 + 0.02 * np.sin(2 * a * TAU + 1) * t)
        th = a * TAU
        zz = z + 0.010 * t * np.cos(2 * th)
        return np.stack([r * np.cos(th) * 1.18, r * np.sin(th) * 0.9, zz + 0.002], -1)
    def colour(d, k):
        return '#8c3f2a' if k % 12 in (0, 1) and d > 0 else ('#c9ad74' if (k * 7) % 5 else '#b59a62')
    parts = [plaited('basket', surface, 48, m, colour, rows=15, seed=4, width=0.9, lift=0.0013)]
    th = np.linspace(0, TAU, 260)
    rim = surface(th / TAU, np.ones(260))
    parts.append(coiled('rim', rim, 0.0075, 0.0055, m, lambda i, at: '#b89a5f', 3))
    parts.append(coiled('rim2', rim * [0.97, 0.97, 1] - [0, 0, 0.012], 0.006, 0.0055, m, lambda i, at: '#a98a52', 4))
    for side in (-1, 1):  # two twisted handles
        t = np.linspace(-1, 1, 240)
        y = side * 0.132 - side * 0.028 * np.cos(t * math.pi / 2)
        base = np.stack([t * 0.105, y - side * 0.02 * (1 - np.abs(t)), 0.205 + 0.17 * np.sqrt(np.clip(1 - t ** 2, 0, 1)) * (1 if side > 0 else 0.86)], -1)
        for k in range(3):
            ph = t * 26 + k * TAU / 3
            off = np.stack([0.002 * np.sin(2 * ph), 0.0055 * np.sin(ph), 0.0055 * np.cos(ph)], -1)
            parts.append(tube(f'handle{side}{k}', base + off, 0.0052, m, 10, np.array(srgb(['#b3945a', '#c4a76c', '#a88a50'][k])[:3])))
    bottom = turned('bottom', [(0, 0.003), (0.135, 0.003), (0.135, 0.006), (0, 0.006)], plain('dark', '#6e5730', 0.8), wonky=0)
    bottom.scale = (1.1, 0.85, 1)
    return parts + [bottom]


def palm_basket():
    room('warm', plaster('wall', '#ecdcc0', '#dcc49c'), stone('floor', '#d2b990', '#b6976a', 5))
    market_basket()
    window(turn=-60, height=38, leaves=14, seed=31, soft=2.2)
    camera((0.25, -1.75, 0.62), (0.0, 0.0, 0.17), 112, 9.0, focus=(0.0, -0.12, 0.16))
    yield f'{PALMS}/palm-basket/palm-basket.jpg'


def bread_tray():
    room('warm', plaster('wall', '#ecdcc0', '#dcc49c'), old_table(9))
    m = leaf_material('palm', 0.5)
    turns = 15
    n = 4000
    a = np.linspace(0.35, turns, n)
    r = a * 0.0122
    z = 0.006 + 0.10 * (r / 0.2) ** 3.2
    path = np.stack([r * np.cos(a * TAU), r * np.sin(a * TAU), z], -1)
    def colour(i, at):
        ring = math.sqrt(at) * turns
        if 8.0 < ring < 9.0 or 12.0 < ring < 13.0:
            return '#7c2f25'
        if 9.0 < ring < 10.0:
            return '#2f4a48' if i % 8 < 4 else '#c9ad74'
        return '#cbb07a' if i % 3 else '#bfa269'
    coiled('tray', path, 0.0068, 0.0062, m, colour, 5, around=14)
    bread_m = Shader('crust')
    o = bread_m.object()
    spots = bread_m.noise(o, 42, 5, 0.62)
    col = bread_m.ramp(spots, [(0.30, '#f0dcb4'), (0.50, '#e2bd83'), (0.62, '#b87a3c'), (0.74, '#6d3c18')])
    bread_m.set(Base__Color=col, Roughness=0.72, Subsurface__Weight=0.15, Subsurface__Scale=0.004)
    bread_m.set(Normal=bread_m.bump(bread_m.noise(o, 190, 6, 0.7), 0.0015, 0.6))
    for i in range(4):
        nr, na = 70, 160
        R, A = np.meshgrid(np.linspace(0, 1, nr), np.linspace(0, TAU, na, endpoint=False), indexing='ij')
        rad = 0.098 * (1 + 0.03 * np.sin(2 * A + i) + 0.02 * np.sin(5 * A + i * 2))
        p = np.stack([R * rad * np.cos(A), R * rad * np.sin(A), 0 * R], -1).reshape(-1, 3)
        puff = np.clip(1 - R.ravel() ** 6, 0, 1)
        p[:, 2] = 0.009 * puff ** 0.5 + 0.006 * puff * np.abs(wobble(p + i, 0.05, i + 4, 2)) + 0.0016 * wobble(p + i, 0.012, i + 9)
        bend = 0.16 * (p[:, 0] * math.cos(i) + p[:, 1] * math.sin(i)) ** 2 / 0.1
        p[:, 2] += bend
        b = mesh(f'bread{i}', p, grid_faces(nr, na, closed_cols=True), bread_m.material)
        place(b, (0.018 * math.cos(i * 2.2) - 0.01, 0.02 * math.sin(i * 2.2), 0.016 + i * 0.0145), i * 1.3, (0.05 * math.cos(i * 1.7), 0.05 * math.sin(i * 2.3)))
    window(turn=-66, height=36, leaves=8, seed=14)
    camera((0.18, -1.05, 0.98), (0.0, 0.0, 0.03), 124, 8.0, focus=(0, -0.06, 0.06))
    yield f'{PALMS}/bread-tray/bread-tray.jpg'


def date_syrup():
    room('warm', plaster('wall', '#eadbc0', '#d8c3a0'), stone('ledge', '#e0cfae', '#c4aa80', 7))
    syrup = Shader('syrup')
    syrup.set(Base__Color='#3a1206', Roughness=0.05, Transmission__Weight=0.35, IOR=1.45, Specular__IOR__Level=0.5)
    cap = cloth('cap', stripes([('#e4d8c0', 8), ('#8c3f2a', 3), ('#e4d8c0', 3), ('#8c3f2a', 3)]), ['#e4d8c0'], pitch=0.0009, seed=4)
    tie = plain('tie', '#b59a6a', 0.8)
    g = clear_glass()
    jar('tall', (-0.055, 0.05, 0), 0.041, 0.135, syrup.material, 0.95, cap, tie, 1, g)
    jar('low', (0.055, 0.02, 0), 0.043, 0.095, syrup.material, 0.95, cap, tie, 2, g)
    dish = turned('dish', bowl_profile(0.068, 0.022, 0.55), glaze('white', '#ebe4d3', '#d8cdb5', seed=6, speckle=0.4, rim='#a5713f'), seed=4)
    place(dish, (-0.02, -0.10, 0))
    skin = date_skin()
    kinds = [date_fruit(f'date{i}', skin, i, 0.034 + 0.003 * (i % 3)) for i in range(5)]
    rng = np.random.default_rng(5)
    fruits = [copy(kinds[i % 5], (-0.02 + rng.uniform(-0.028, 0.028), -0.10 + rng.uniform(-0.028, 0.028), 0.04 + i * 0.016), rng.uniform(0, 6), (1.57 + rng.uniform(-0.4, 0.4), rng.uniform(-0.4, 0.4))) for i in range(11)]
    fruits += [copy(kinds[1], (0.085, -0.085, 0.02), 0.7, (1.57, 0)), copy(kinds[2], (0.11, -0.055, 0.02), 2.0, (1.57, 0))]
    for k in kinds:
        k.hide_render = True
        k.location = (0, 9, 0)
    ground = mesh('ground', [(-1, -1, 0), (1, -1, 0), (1, 1, 0), (-1, 1, 0)], [[0, 1, 2, 3]])
    settle(fruits, [dish, ground], 60)
    bpy.data.objects.remove(ground)
    window(turn=-63, height=34, leaves=9, seed=17, shift=(0.05, 0.05))
    camera((0.14, -1.12, 0.34), (0.012, -0.02, 0.056), 145, 9.0, focus=(0, -0.03, 0.06))
    yield f'{PALMS}/date-syrup/date-syrup.jpg'


def dates():
    room('warm', plaster('wall', '#eadbc0', '#d8c3a0'), old_table(12))
    m = leaf_material('palm', 0.5)
    def surface(a, t):
        th = a * TAU
        r = 0.098 + 0.012 * t
        k = 1 / (np.abs(np.cos(th)) ** 5 + np.abs(np.sin(th)) ** 5) ** 0.2
        return np.stack([r * k * np.cos(th), r * k * np.sin(th), t * 0.062 + 0.002], -1)
    plaited('punnet', surface, 40, m, lambda d, k: '#c9ad74' if k % 5 else '#b08f55', rows=4, seed=2, samples=90, lift=0.0012)
    th = np.linspace(0, TAU, 260)
    top = surface(th / TAU, np.ones(260))
    coiled('rim', top, 0.0055, 0.005, m, lambda i, at: '#bd9f63', 3)
    bottom = mesh('bottom', [(-0.092, -0.092, 0.006), (0.092, -0.092, 0.006), (0.092, 0.092, 0.006), (-0.092, 0.092, 0.006)], [[0, 1, 2, 3]], plain('b', '#8a6f42'))
    a = np.linspace(0, TAU, 96, endpoint=False)
    t = np.linspace(-0.2, 1.9, 12)
    A, T = np.meshgrid(a / TAU, t)
    w = surface(A, T)
    w[..., :2] *= 0.965
    fence = mesh('fence', w.reshape(-1, 3), grid_faces(12, 96, closed_cols=True))
    skin = date_skin('date', '#5a2610', '#a55f22')
    kinds = [date_fruit(f'date{i}', skin, i + 20, 0.036 + 0.003 * (i % 3)) for i in range(6)]
    rng = np.random.default_rng(8)
    fruits = []
    for i in range(84):
        fruits.append(copy(kinds[i % 6], (rng.uniform(-0.065, 0.065), rng.uniform(-0.065, 0.065), 0.03 + (i // 9) * 0.024 + rng.uniform(0, 0.008)), rng.uniform(0, 6), (1.57 + rng.uniform(-0.5, 0.5), rng.uniform(-0.5, 0.5))))
    for k in kinds:
        k.hide_render = True
        k.location = (0, 9, 0)
    settle(fruits, [bottom, fence], 70)
    bpy.data.objects.remove(fence)
    for i, (x, y, z) in enumerate(((0.15, -0.09, 0.009), (0.175, -0.055, 0.009))):
        copy(kinds[i], (x, y, z), i * 1.3 + 0.4, (1.57, 0))
    rumpled('cloth', 0.36, 0.40, cloth('c', ['#e6dcc8'], ['#dfd3bb'], pitch=0.0011, seed=3), seed=12, height=0.006, wave=0.3, turn=-0.4, at=(-0.10, 0.06, 0.0))
    window(turn=-60, height=40, leaves=10, seed=27)
    camera((0.14, -0.95, 0.62), (0.015, -0.01, 0.04), 112, 7.1, focus=(0, -0.05, 0.075))
    yield f'{PALMS}/dates/dates.jpg'
    camera((0.10, -0.50, 0.40), (0.0, -0.03, 0.07), 110, 5.6, focus=(0, -0.04, 0.08))
    yield f'{PALMS}/dates/close.jpg'


def cushion_cloth(name, field, dark, light, seed):
    run = [(field, 46), (dark, 8), (light, 4), (dark, 8), (field, 20), (light, 3), (field, 20), (dark, 8), (light, 4), (dark, 8), (field, 46), (dark, 26)]
    return cloth(name, stripes(run), [field], RIB, pitch=0.0017, weft_pitch=0.0013, seed=seed, slub=0.7, sheen=0.2, uneven=0.13)


def cushions():
    tones = {
        'madder': ('#8f3a2a', '#3d2320', '#dcc59a'),
        'indigo': ('#2f4763', '#1d2a3d', '#d9ccb0'),
        'ochre': ('#c08a3c', '#6b4325', '#eadbbb'),
    }
    mats = {k: cushion_cloth(k, *v, i) for i, (k, v) in enumerate(tones.items())}
    room('warm', plaster('wall', '#ecdfc8', '#dac8a8'), stone('bench', '#dfcdab', '#c3a77c', 9), depth=0.42)
    a = cushion('front', 0.46, 0.17, mats['madder'], 2)
    place(a, (0.0, 0.19, 0.188))
    a.rotation_euler = Euler((1.25, 0.03, 0.10))
    window(turn=-62, height=34, leaves=14, seed=9, soft=2.4, shift=(0.1, 0.1))
    for name in tones:
        a.data.materials.clear()
        a.data.materials.append(mats[name])
        camera((0.22, -2.1, 0.62), (0.0, 0.15, 0.20), 118, 9.0, focus=(0, 0.05, 0.21))
        yield f'{PALMS}/striped-cushion/{name}.jpg'


def striped_rug():
    room('warm', plaster('wall', '#eadcc4', '#d5c3a2'), stone('floor', '#d8c5a4', '#bda27a', 15), depth=1.15)
    run = [('#8d3527', 38), ('#e2d2b0', 5), ('#2c3f4a', 18), ('#e2d2b0', 5), ('#8d3527', 14), ('#c08a3c', 10), ('#8d3527', 14), ('#e2d2b0', 5), ('#2c3f4a', 18), ('#e2d2b0', 5)]
    rug_m = cloth('rug', ['#d9cbb0'], stripes(run), WEFT_FACED, pitch=0.0046, weft_pitch=0.0024, seed=6, slub=0.9, sheen=0.08, uneven=0.2, depth=0.003)
    rug = rolled('rug', 0.86, 0.74, 2.0, rug_m, 0.105, 0.010, 3, cols=160)
    place(rug, (0, -0.38, 0), 0.16)
    ends = np.array([(x, 0.0, 0.006) for x in np.linspace(-0.425, 0.425, 66)])
    f = fringe('fringe', ends, 0.055, plain('tassel', '#d9cbb0', 0.85), 4, strands=7, thick=0.0011)
    place(f, (0, -0.38, 0), 0.16)
    window(turn=-60, height=36, leaves=16, seed=8, soft=2.6, sun=3.4, sky=60, target=(0, 0, 0))
    camera((0.75, -2.6, 1.35), (0.0, 0.03, 0.02), 106, 9.0, focus=(0, 0.1, 0.12))
    yield f'{PALMS}/striped-rug/striped-rug.jpg'
    camera((0.50, -1.25, 0.52), (0.14, -0.30, 0.02), 100, 6.3, focus=(0.1, -0.34, 0.0))
    yield f'{PALMS}/striped-rug/fringe.jpg'


def fouta():
    tones = {
        'white': [('#f4eee0', 60), ('#33506b', 5), ('#f4eee0', 6), ('#33506b', 5), ('#f4eee0', 6), ('#33506b', 18), ('#f4eee0', 6), ('#33506b', 5)],
        'sand': [('#d8bf94', 60), ('#ece4d4', 5), ('#d8bf94', 6), ('#ece4d4', 5), ('#d8bf94', 6), ('#ece4d4', 18), ('#d8bf94', 6), ('#ece4d4', 5)],
    }
    room('warm', plaster('wall', '#efe5d2', '#dfd0b4', rough=1.4), None, depth=0.10)
    rail = tube('rail', np.stack([np.linspace(-0.7, 0.7, 60), 0 * np.linspace(0, 1, 60), 0.9 + 0.004 * np.sin(np.linspace(0, 9, 60))], -1), 0.011, wood('rod', '#a58560', '#6a4c31', gaps=False, plank=0.02), 20)
    for x in (-0.42, 0.42):
        tube('peg', np.array([(x, 0.12, 0.888), (x, 0.05, 0.885), (x, 0.0, 0.885), (x, -0.02, 0.892)]), 0.008, plain('iron', '#2c2724', 0.55), 12)
    window(turn=-66, height=38, leaves=18, seed=19, soft=1.8, target=(0, 0, 0.65), shift=(0.05, 0.0))
    for i, (name, run) in enumerate(tones.items()):
        m = cloth(name, stripes(run), [run[0][0]], PLAIN, pitch=0.0012, seed=i + 2, slub=0.8, uneven=0.2, thin=0.12)
        o, where = hanging('fouta', 0.56, 0.52, 0.40, m, folds=3.4, deep=0.03, seed=i + 3)
        u = np.linspace(0.004, 0.556, 58)
        ends = where(u, np.full(58, 0.92))
        f = fringe('fringe', ends, 0.055, plain('tassel', run[0][0], 0.85), 4, strands=5, fall=(0, -0.03, -1), thick=0.0008)
        camera((0.16, -2.3, 0.75), (0.0, 0.0, 0.63), 112, 9.0, focus=(0, -0.03, 0.65))
        yield f'{PALMS}/bath-towel/{name}.jpg'
        bpy.data.objects.remove(o)
        bpy.data.objects.remove(f)


def gargoulette(c):
    shape = [(0, 0.004), (0.045, 0.004), (0.05, 0), (0.056, 0.002), (0.062, 0.012), (0.088, 0.05), (0.105, 0.095), (0.104, 0.13), (0.086, 0.165), (0.055, 0.188),
             (0.036, 0.205), (0.031, 0.235), (0.034, 0.268), (0.042, 0.285), (0.044, 0.29), (0.040, 0.290), (0.030, 0.268), (0.027, 0.235), (0.032, 0.205), (0.05, 0.186), (0.08, 0.163), (0.099, 0.13), (0.10, 0.095), (0.05, 0.02), (0, 0.012)]
    body = turned('jar', shape, c, 3, rings=0.0009, pitch=0.0085, wonky=0.006, around=224)
    t = np.linspace(0, 1, 60)
    handle = np.stack([0.033 + 0.062 * np.sin(t * math.pi) ** 0.8 + 0.045 * t, 0 * t, 0.262 - 0.10 * t ** 1.25], -1)
    return body, tube('handle', handle, 0.0085 - 0.0015 * np.sin(t * math.pi), c, 16, up=(0.0, 1.0, 0.0))


def water_jar():
    room('warm', plaster('wall', '#ecdcc0', '#d9c19a'), stone('sill', '#dbc8a6', '#bfa379', 21))
    body, h = gargoulette(bare_clay('jar', '#c98a5c', '#a9643d', 3))
    place(body, (-0.04, 0.05, 0))
    place(h, (-0.04, 0.05, 0), -0.35)
    cup = turned('cup', bowl_profile(0.038, 0.062, 0.62), bare_clay('cup', '#cf9565', '#b06d44', 6), seed=8, rings=0.0006)
    place(cup, (0.10, -0.07, 0))
    water = turned('water', [(0, 0.052), (0.0335, 0.052), (0.0335, 0.0525), (0, 0.0525)], plain('w', '#e8eef0', 0.02, Transmission__Weight=1.0), wonky=0, rings=0)
    place(water, (0.10, -0.07, 0))
    window(turn=-62, height=35, leaves=12, seed=33)
    camera((0.16, -1.45, 0.42), (0.0, 0.0, 0.135), 112, 8.0, focus=(0, -0.04, 0.14))
    yield f'{PALMS}/water-jar/water-jar.jpg'
    camera((0.12, -0.70, 0.46), (-0.02, 0.03, 0.20), 105, 5.6, focus=(-0.03, -0.03, 0.20))
    yield f'{PALMS}/water-jar/neck.jpg'


def coffee_cups():
    room('warm', plaster('wall', '#e6d6b8', '#cfb68c'), old_table(17))
    tray_m = wood('olive', '#c39a63', '#6f4a2a', plank=0.4, seed=8, gaps=False, length=0.5)
    tray = turned('tray', [(0, 0.0), (0.135, 0.0), (0.15, 0.006), (0.156, 0.020), (0.152, 0.021), (0.146, 0.009), (0.135, 0.006), (0, 0.006)], tray_m, 2, rings=0.0001, wonky=0.002)
    uv = tray.data.uv_layers[0].data
    for l in tray.data.loops:
        v = tray.data.vertices[l.vertex_index].co
        uv[l.index].uv = (v.x + 0.2, v.y + 0.2)
    glazes = [glaze('cream', '#ede5d2', '#dccfb4', seed=3, speckle=0.35, rim='#9a6a3c', foot=0.008), glaze('sea', '#6f9a8f', '#3f6f6a', seed=4, rim='#7a5230', foot=0.008)]
    coffee = plain('coffee', '#2a1308', 0.06)
    for i, (x, y) in enumerate(((-0.07, 0.04), (0.025, 0.065), (-0.03, -0.045), (0.075, -0.02))):
        place(turned(f'cup{i}', bowl_profile(0.033, 0.052, 0.55, 0.003), glazes[i % 2], i, rings=0.0004, pitch=0.005, wonky=0.006), (x, y, 0.006), i * 2.0)
        place(turned(f'c{i}', [(0, 0.040), (0.0272, 0.040), (0.0272, 0.0405), (0, 0.0405)], coffee, wonky=0, rings=0, around=64), (x, y, 0.006))
    skin = date_skin()
    place(date_fruit('d1', skin, 3), (0.045, -0.115, 0.0155), 0.5, (1.57, 0))
    place(date_fruit('d2', skin, 4), (0.005, -0.118, 0.0155), 2.3, (1.57, 0))
    window(turn=-64, height=37, leaves=9, seed=44)
    camera((0.10, -0.95, 0.56), (0.0, -0.015, 0.02), 122, 8.0, focus=(0, -0.05, 0.04))
    yield f'{PALMS}/coffee-cups/coffee-cups.jpg'
    camera((0.12, -0.50, 0.28), (0.0, -0.02, 0.03), 105, 5.6, focus=(-0.02, -0.06, 0.04))
    yield f'{PALMS}/coffee-cups/close.jpg'


def zaatar():
    room('warm', plaster('wall', '#e6d6b8', '#cfb68c'), stone('ledge', '#e0cfae', '#c4aa80', 27))
    dish = turned('dish', bowl_profile(0.085, 0.045, 0.5), glaze('white', '#e9e2d0', '#d6cbb2', seed=6, speckle=0.5, rim='#a5713f'), seed=4)
    n, a = 110, 300
    R, A = np.meshgrid(np.linspace(0, 1, n), np.linspace(0, TAU, a, endpoint=False), indexing='ij')
    p = np.stack([R * 0.074 * np.cos(A), R * 0.074 * np.sin(A), 0.036 + 0.030 * (1 - R) ** 1.1 - 0.004 * R], -1).reshape(-1, 3)
    p[:, 2] += 0.0016 * wobble(p, 0.02, 3) + 0.0011 * wobble(p, 0.004, 4)
    green = ['#6f7440', '#545a2e', '#8a8a55', '#4a4a26', '#7a6a3a']
    m = coloured('herb', 0.85)
    rng = np.random.default_rng(2)
    col = np.array([srgb(c)[:3] for c in green])[rng.integers(5, size=len(p))]
    mesh('heap', p, grid_faces(n, a, closed_cols=True), m, None, col)
    def on_heap(r):
        q, th = 0.072 * math.sqrt(r.uniform(0, 1)), r.uniform(0, TAU)
        return (q * math.cos(th), q * math.sin(th), 0.037 + 0.030 * (1 - q / 0.074) ** 1.1 - 0.004 * q / 0.074)
    grains('leaves', 5200, on_heap, m, 0.00085, green, 3, 1.9)
    grains('sesame', 900, on_heap, m, 0.0011, ['#e6d3a4', '#d9bf86', '#efe2bd'], 4, 1.5)
    def on_table(r):
        q, th = abs(r.normal(0, 0.035)) + 0.085, r.normal(-1.2, 0.5)
        return (q * math.cos(th), q * math.sin(th), 0.0006)
    grains('spilt', 260, on_table, m, 0.0010, green + ['#e6d3a4'] * 4, 6, 1.6)
    oil = plain('oil', '#b6a12a', 0.03, Transmission__Weight=0.75, IOR=1.46)
    place(turned('oildish', bowl_profile(0.045, 0.024, 0.5), glaze('sea', '#5f8266', '#2f5a4a', seed=4, rim='#7a5230'), seed=9), (0.105, 0.075, 0))
    place(turned('oil', [(0, 0.0135), (0.026, 0.0135), (0.0375, 0.0185), (0, 0.0188)], oil, wonky=0, rings=0, around=96), (0.105, 0.075, 0))
    window(turn=-62, height=37, leaves=9, seed=52)
    camera((0.12, -0.95, 0.55), (0.024, -0.005, 0.025), 140, 8.0, focus=(0, -0.04, 0.055))
    yield f'{PALMS}/thyme-and-sesame/thyme-and-sesame.jpg'


def black_seed_soap():
    room('warm', plaster('wall', '#eae0cb', '#d5c6a6'), old_table(23))
    rumpled('cloth', 0.5, 0.45, linen('under', '#e4d9c3', 4), seed=5, height=0.005, wave=0.25, turn=0.3, at=(0.02, 0.03, 0.0))
    a = soap('swirl', ('#e3d5b4', '#4a4238'), 3, marble=1.0, turn=(1.0, 0.35, 0.8))
    b = soap('swirl2', ('#ddcda8', '#51463a'), 8, marble=1.2, turn=(0.8, 0.5, 1.0))
    size = (0.085, 0.055, 0.027)
    place(box('bar0', size, a, 1, 0.005, 0.0007, 0.03), (-0.02, 0.03, 0.017), 0.2)
    place(box('bar1', size, b, 2, 0.005, 0.0007, 0.03), (-0.015, 0.032, 0.044), -0.12)
    place(box('bar2', size, b, 3, 0.005, 0.0007, 0.03), (0.055, -0.055, 0.017), -0.45)
    seeds = coloured('seed', 0.5)
    grains('seeds', 130, lambda r: (r.normal(-0.065, 0.02), r.normal(-0.065, 0.015), 0.0045), seeds, 0.0011, ['#1c1916', '#26211d', '#151312'], 2, 1.4)
    window(turn=-61, height=36, leaves=9, seed=61)
    camera((0.15, -0.95, 0.42), (0.014, -0.01, 0.028), 148, 8.0, focus=(0.02, -0.03, 0.03))
    yield f'{PALMS}/black-seed-soap/black-seed-soap.jpg'
    camera((0.10, -0.45, 0.26), (0.01, -0.01, 0.03), 110, 5.6, focus=(0.0, 0.0, 0.035))
    yield f'{PALMS}/black-seed-soap/marbling.jpg'


def saddle_bag():
    room('warm', plaster('wall', '#eadcc4', '#d5c3a2'), old_table(31), depth=0.5)
    tan = leather('tan', '#9c5f33', '#74401f', 2)
    n = 120
    g = np.sin(np.linspace(-1, 1, n) * math.pi / 2)
    X, Y = np.meshgrid(g, g)
    x, y = X.ravel(), Y.ravel()
    full = ((1 - np.abs(x) ** 4) * (1 - np.abs(y) ** 4)).clip(0) ** 0.4
    low = 1 - 0.25 * (y > 0) * y
    q = np.stack([x * 0.15, y * 0.1, 0 * x], -1)
    px = x * 0.145 * (1 - 0.05 * y) * (1 - 0.04 * (1 - y ** 2))
    pz = (y + 1) * 0.095 * (1 + 0.02 * np.cos(x * 2)) + 0.002
    puff = full * 0.046 * low + 0.004 * wobble(q, 0.12, 3) * full
    front = mesh('front', np.stack([px, -puff, pz], -1), grid_faces(n, n), tan)
    back = mesh('back', np.stack([px, puff * 0.8, pz], -1), grid_faces(n, n)[:, ::-1], tan)
    def on_front(xx, z):  # how far the front stands out at a point
        yy = z / 0.095 - 1
        xn = xx / 0.145
        f = np.clip((1 - np.abs(np.clip(xn, -1, 1)) ** 4) * (1 - np.abs(np.clip(yy, -1, 1)) ** 4), 0, 1) ** 0.4
        return f * 0.046 * (1 - 0.25 * np.clip(yy, 0, 1))
    def flap(u, v):
        s = v / 0.23
        k = (u / 0.27 - 0.5)
        wide = 0.135 * np.where(s < 0.62, 1.0, np.sqrt(np.clip(1 - ((s - 0.62) / 0.40) ** 2, 0.02, 1)))
        xx = k * 2 * wide
        over = np.clip((s - 0.12) / 0.22, 0, 1)
        z = 0.198 - np.clip(s - 0.30, 0, 1) * 0.185 + 0.006 * np.sin(over * math.pi) - 0.02 * np.clip(0.12 - s, 0, 1)
        drop = np.clip(s - 0.34, 0, 1)
        y_front = -np.maximum(on_front(xx, np.clip(z, 0.01, 0.17)), 0.024 * np.clip((s - 0.3) * 6, 0, 1)) - 0.004
        y = np.where(over < 1, 0.03 - over * (0.03 + 0.026), y_front)
        blend = np.clip((s - 0.34) / 0.14, 0, 1)
        y = np.where(over < 1, y, -0.026 * (1 - blend) + y_front * blend)
        return np.stack([xx, y - 0.0015, z], -1)
    f = sheet('flap', 0.27, 0.23, tan, flap, 140, 140, 0.0028, 1, 0.0)
    modify(f, 'SUBSURF', levels=1, render_levels=1)
    thread = plain('thread', '#e3d3b0', 0.7)
    k = np.linspace(0.02, 0.98, 74)
    marks = []
    for side in (0, 1):
        for i in range(40):
            v = 0.05 + i * 0.0044
            u = 0.27 * (0.028 if side == 0 else 0.972)
            a = flap(np.array([u, u]), np.array([v, v + 0.0030]))
            a[:, 1] -= 0.0022
            marks.append(tube('st', np.array([a[0], a.mean(0) - [0, 0.0004, 0], a[1]]), 0.00045, thread, 6))
    peg = tube('peg', np.array([(-0.018, -0.058, 0.066), (0, -0.059, 0.0665), (0.018, -0.058, 0.066)]), np.array([0.0045, 0.0058, 0.0045]), wood('pegwood', '#d8b27a', '#9c7443', gaps=False), 14)
    t = np.linspace(0, 1, 120)
    strap_line = np.stack([0.124 * np.cos(t * math.pi), 0.014 + 0.10 * np.sin(t * math.pi), 0.150 + 0.130 * np.sin(t * math.pi) ** 0.8 * (1 - 0.35 * t)], -1)
    T = np.gradient(strap_line, axis=0)
    T /= np.linalg.norm(T, axis=1, keepdims=True)
    side_v = np.cross(T, [0.0, 0.3, 1.0])
    side_v = np.cross(side_v, T)
    side_v /= np.linalg.norm(side_v, axis=1, keepdims=True)
    e = np.linspace(-0.011, 0.011, 8)
    strap = (strap_line[:, None] + side_v[:, None] * e[None, :, None]).reshape(-1, 3)
    s = mesh('strap', strap, grid_faces(120, 8), tan)
    modify(s, 'SOLIDIFY', thickness=0.003, offset=0.0)
    window(turn=-62, height=36, leaves=11, seed=71)
    camera((0.30, -1.5, 0.50), (0.0, 0.02, 0.125), 126, 8.0, focus=(0, -0.05, 0.11))
    yield f'{PALMS}/saddle-bag/saddle-bag.jpg'


def courtyard():
    room('warm', plaster('wall', '#eddfc4', '#dcc7a0', rough=1.3), stone('bench', '#dcc8a4', '#c0a479', 25), depth=0.34, size=(4.2, 2.4))
    for o in market_basket():
        o.location = (o.location.x + 0.16, o.location.y + 0.02, o.location.z)
    body, h = gargoulette(bare_clay('jar', '#c98a5c', '#a9643d', 3))
    for o, turn in ((body, 0), (h, -2.6)):
        place(o, (-0.21, 0.10, 0), turn, scale=1.25)
    green = glaze('green', '#5f8266', '#2f5a4a', seed=2, rim='#8a5a30')
    white = glaze('white', '#e9e2d0', '#d3c8b0', seed=4, speckle=0.55, rim='#a5713f')
    for i, g in enumerate((green, white, green)):
        place(turned(f'bowl{i}', bowl_profile(0.078, 0.066, 0.42), g, i, rings=0.0005, pitch=0.007), (-0.035, -0.10, 0.0275 * i), i * 2.1, (0.012 * i, 0.008))
    wool = cloth('wool', stripes([('#8f3a2a', 30), ('#e2d2b0', 4), ('#2c3f4a', 14), ('#e2d2b0', 4)]), ['#a0513a'], TWILL, pitch=0.002, seed=3, slub=0.8, sheen=0.5, uneven=0.3)
    place(folded('rug', 0.30, 0.24, 5, wool, 3, 0.0135, 0.007, 0.0025), (0.50, 0.02, 0.005), -0.25)
    window(turn=-60, height=40, leaves=22, seed=12, soft=1.3, sun=3.6, sky=34, bars=False)
    camera((0.25, -2.9, 0.62), (0.06, 0.0, 0.185), 92, 8.0, focus=(0.0, -0.08, 0.15))
    yield 'seven-palms/photos/courtyard.jpg', {'size': (1440, 960)}


# ---------------------------------------------------------------- hazel-shore

def shore_room(seed=41, depth=0.8):
    room('cool', plaster('wall', '#ebe8e1', '#d9d7d0'), wood('grey', *GREY_WOOD, plank=0.15, seed=seed, worn=0.7, gloss=0.6), depth=depth)


def shore_light(**more):
    window(**{'turn': -58, 'height': 40, 'colour': '#fff0da', 'sky_colour': '#eceeee', 'ambient_colour': '#eeebe6', 'sun': 2.9, 'sky': 26, 'ambient': 0.30, 'soft': 2.2, **more})


def shore_soaps():
    shore_room()
    kinds = {
        'oat-and-milk-soap/oat-soap': soap('oat', ('#ead9b6', '#d9c294'), 1, flecks='#a98856', fleck_size=300.0, glow=0.45),
        'kelp-soap/kelp-soap': soap('kelp', ('#86966c', '#55704f'), 2, flecks='#2f3d2a', fleck_size=240.0),
        'spruce-and-charcoal-soap/dark-soap': soap('dark', ('#33332f', '#232422'), 3, flecks='#6c6a62', fleck_size=330.0, glow=0.1),
    }
    size = (0.080, 0.055, 0.026)
    first = next(iter(kinds.values()))
    bars = [box(f'bar{i}', size, first, 30 + i, 0.0045, 0.00045, 0.03) for i in range(4)]
    place(bars[0], (-0.025, 0.035, 0.015), 0.15)
    place(bars[1], (-0.020, 0.037, 0.0415), -0.22)
    place(bars[2], (0.050, -0.045, 0.015), -0.5)
    place(bars[3], (0.078, 0.015, 0.033), 1.0, (0.0, -1.12))
    rumpled('cloth', 0.44, 0.36, linen('under', '#d9cdb6', 4), seed=15, height=0.005, wave=0.25, turn=-0.25, at=(0.0, 0.03, 0.0))
    shore_light(seed=4)
    camera((0.16, -1.0, 0.46), (0.018, 0.0, 0.03), 140, 8.0, focus=(0.0, -0.02, 0.035))
    for path, m in kinds.items():
        for b in bars:
            b.data.materials[0] = m
        yield f'{SHORE}/{path}.jpg'
    # One of each.
    for b, m in zip(bars, list(kinds.values()) + [first]):
        b.data.materials[0] = m
    camera((0.08, -0.55, 0.44), (0.02, 0.005, 0.03), 115, 6.3, focus=(0.02, -0.01, 0.04))
    yield f'{SHORE}/kelp-soap/three-soaps.jpg'


def slack_water():
    room('cool', plaster('wall', '#edeae3', '#dedbd4', rough=1.2), None, depth=0.10)
    x = np.linspace(-0.7, 0.7, 60)
    tube('rail', np.stack([x, 0 * x, 0.9 + 0.003 * np.sin(x * 5)], -1), 0.012, wood('rod', '#c9ab80', '#92714a', gaps=False, plank=0.02), 20)
    m = cloth('slack', ['#5c7386', '#566d80', '#627a8c'], ['#d9d0bb'], herringbone(8), pitch=0.0013, seed=2, slub=0.7, uneven=0.22, thin=0.08)
    hanging('towel', 0.42, 0.50, 0.42, m, folds=2.8, deep=0.030, seed=8, gather=0.93)
    shore_light(turn=-64, height=36, seed=6, target=(0, 0, 0.65), sky=30)
    camera((0.14, -2.2, 0.76), (0.0, 0.0, 0.66), 132, 9.0, focus=(0, -0.03, 0.66))
    yield f'{SHORE}/slack-water-towel/slack-water-towel.jpg'
    camera((0.16, -0.85, 0.60), (0.02, -0.02, 0.62), 105, 5.6, focus=(0.02, -0.04, 0.62))
    yield f'{SHORE}/slack-water-towel/herringbone.jpg'


CHECK = [('#ddd0b4', 30), ('#34506b', 3), ('#ddd0b4', 4), ('#34506b', 3)]


def linen_metre():
    shore_room(43)
    m = cloth('check', stripes(CHECK), stripes(CHECK), PLAIN, pitch=0.0011, seed=3, slub=0.8, uneven=0.18)
    o = rolled('bolt', 0.30, 0.22, 1.6, m, 0.042, 0.0045, 3)
    place(o, (0.0, -0.12, 0.0), 0.32)
    shore_light(seed=8)
    camera((0.16, -1.15, 0.62), (0.0, 0.01, 0.02), 132, 8.0, focus=(0, 0.0, 0.06))
    yield f'{SHORE}/linen-by-the-metre/linen-by-the-metre.jpg'


def bath_salt():
    shore_room(45)
    salt = Shader('salt')
    p = salt.object()
    v = salt.node('ShaderNodeTexVoronoi', Vector=p, Scale=420.0)
    salt.set(Base__Color=salt.ramp(v.outputs['Color'], [(0.2, '#eef0ee'), (0.7, '#dfe4df'), (0.95, '#b9c4b4')]), Roughness=0.4, Subsurface__Weight=0.3, Subsurface__Scale=0.004)
    salt.set(Normal=salt.bump(v.outputs['Distance'], 0.002, 1.0))
    cap = cloth('cap', stripes(CHECK), stripes(CHECK), PLAIN, pitch=0.0009, seed=5, slub=0.8)
    tie = plain('tie', '#b8a98a', 0.8)
    g = clear_glass()
    jar('back', (-0.045, 0.05, 0), 0.043, 0.115, salt.material, 0.96, cap, tie, 1, g)
    jar('front', (0.055, 0.0, 0), 0.043, 0.085, salt.material, 0.94, cap, tie, 2, g)
    rng = np.random.default_rng(3)
    crystal = coloured('crystal', 0.25, 0.3)
    grains('spilt', 420, lambda r: (r.normal(-0.03, 0.028), r.normal(-0.085, 0.014), 0.0012), crystal, 0.0012, ['#f4f6f4', '#e9eeea', '#dfe6e0', '#c4d0bd'], 2, 1.1)
    shore_light(seed=12)
    camera((0.13, -1.1, 0.36), (0.005, 0.0, 0.05), 130, 8.0, focus=(0.02, -0.04, 0.05))
    yield f'{SHORE}/bath-salt/bath-salt.jpg'


def shore_cushion():
    room('cool', plaster('wall', '#ebe8e1', '#d9d7d0'), wood('grey', *GREY_WOOD, plank=0.15, seed=47, worn=0.7, gloss=0.6), depth=0.42)
    m = cloth('check', stripes([('#e2d8c2', 40), ('#44617c', 3), ('#e2d8c2', 5), ('#44617c', 3)]), stripes([('#e2d8c2', 40), ('#44617c', 3), ('#e2d8c2', 5), ('#44617c', 3)]), PLAIN, pitch=0.0016, seed=3, slub=0.8, uneven=0.2)
    a = cushion('front', 0.46, 0.17, m, 7)
    place(a, (0.0, 0.19, 0.188))
    a.rotation_euler = Euler((1.25, 0.03, 0.10))
    shore_light(seed=9)
    camera((0.22, -2.1, 0.62), (0.0, 0.15, 0.20), 118, 9.0, focus=(0, 0.05, 0.21))
    yield f'{SHORE}/check-cushion/check-cushion.jpg'
