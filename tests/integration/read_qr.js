// SPDX-License-Identifier: Apache-2.0
// Reads a QR code that was drawn in half blocks, as a phone would (jsQR). The lines of the drawing
// come on standard input; PACKAGES is the folder that has node_modules, DARK says what a block is.
const fs = require('fs');
const path = require('path');

const jsQR = require(path.join(process.env.PACKAGES, 'node_modules/jsqr')).default ||
  require(path.join(process.env.PACKAGES, 'node_modules/jsqr'));
const SCALE = 4;
const HALVES = { ' ': [0, 0], '▀': [1, 0], '▄': [0, 1], '█': [1, 1] };

const lines = fs.readFileSync(0, 'utf8').split('\n').filter((line) => line.length > 0);
const width = Math.max(...lines.map((line) => [...line].length));
const rows = lines.flatMap((line) => {
  const halves = [...line.padEnd(width)].map((c) => HALVES[c]);
  return [halves.map((h) => h[0]), halves.map((h) => h[1])];
});
const size = [width * SCALE, rows.length * SCALE];
const pixels = new Uint8ClampedArray(size[0] * size[1] * 4);
for (let y = 0; y < size[1]; y += 1) {
  for (let x = 0; x < size[0]; x += 1) {
    const block = rows[Math.floor(y / SCALE)][Math.floor(x / SCALE)] === 1;
    const value = block === (process.env.DARK === '1') ? 0 : 255;
    pixels.set([value, value, value, 255], (y * size[0] + x) * 4);
  }
}
const found = jsQR(pixels, size[0], size[1], { inversionAttempts: 'dontInvert' });
process.stdout.write(found ? found.data : '');
