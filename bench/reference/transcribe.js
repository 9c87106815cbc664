// The notes that basic-pitch's own JavaScript finds, to measure undersong against.
//
//   npm ci --ignore-scripts && node transcribe.js OUT FILE.wav…
//
// Files are mono, 22,050 Hz, 32-bit float:
//   ffmpeg -i SOUND -ac 1 -ar 22050 -c:a pcm_f32le FILE.wav
// Each becomes OUT/FILE.json: {"notes": [[onset, offset, pitch, amplitude], …]}, in seconds, with the
// package's defaults (onset 0.5, frame 0.3, 5 frames), and what it took.

import {readFileSync, writeFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {basename, dirname, join} from 'node:path';

import basicPitch from '@spotify/basic-pitch';
import tf from '@tensorflow/tfjs';

const SAMPLE_RATE = 22050;
const FLOAT = 3;
const EXTENSIBLE = 0xfffe;  // ffmpeg's for more than 16 bits; the kind itself stands at byte 24

// Without a server: the browser's loader takes addresses alone.
function modelOfPackage() {
  const main = createRequire(import.meta.url).resolve('@spotify/basic-pitch');
  const folder = join(dirname(main), '..', 'model');
  const model = JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8'));
  const weights = readFileSync(join(folder, 'group1-shard1of1.bin'));
  return tf.loadGraphModel({
    load: async () => ({
      modelTopology: model.modelTopology,
      format: model.format,
      weightSpecs: model.weightsManifest.flatMap((group) => group.weights),
      weightData: new Uint8Array(weights).buffer,
    }),
  });
}

function samplesOf(path) {
  const bytes = readFileSync(path);
  const chunks = new Map();
  for (let at = 12; at + 8 <= bytes.length;) {
    const size = bytes.readUInt32LE(at + 4);
    chunks.set(bytes.toString('latin1', at, at + 4), bytes.subarray(at + 8, at + 8 + size));
    at += 8 + size + (size % 2);
  }
  const format = chunks.get('fmt ');
  const kind = format?.readUInt16LE(format.readUInt16LE(0) === EXTENSIBLE ? 24 : 0);
  if (kind !== FLOAT || format.readUInt16LE(2) !== 1 ||
      format.readUInt32LE(4) !== SAMPLE_RATE || format.readUInt16LE(14) !== 32) {
    throw new Error(`${path} is no WAV of one channel, ${SAMPLE_RATE} Hz and 32-bit float`);
  }
  return new Float32Array(new Uint8Array(chunks.get('data')).buffer);
}

async function transcribe(pitch, samples) {
  const frames = [];
  const onsets = [];
  await pitch.evaluateModel(samples, (f, o) => { frames.push(...f); onsets.push(...o); }, () => {});
  return basicPitch.noteFramesToTime(basicPitch.outputToNotesPoly(frames, onsets));
}

const [out, ...files] = process.argv.slice(2);
if (files.length === 0) {
  console.error('usage: node transcribe.js OUT FILE.wav…');
  process.exit(2);
}
const pitch = new basicPitch.BasicPitch(modelOfPackage());
for (const file of files) {
  const samples = samplesOf(file);
  const begin = process.hrtime.bigint();
  const notes = await transcribe(pitch, samples);
  const spent = Number(process.hrtime.bigint() - begin) / 1e9;
  const rows = notes.map((note) => [note.startTimeSeconds, note.startTimeSeconds + note.durationSeconds,
                                    note.pitchMidi, note.amplitude]);
  rows.sort((a, b) => a[0] - b[0] || a[2] - b[2]);
  const seconds = samples.length / SAMPLE_RATE;
  writeFileSync(join(out, basename(file).replace(/\.[^.]*$/, '') + '.json'),
                JSON.stringify({notes: rows, seconds, spent_seconds: spent}) + '\n');
  console.log(`${basename(file)}: ${notes.length} notes, ${seconds.toFixed(1)} s in ${spent.toFixed(1)} s`);
}
