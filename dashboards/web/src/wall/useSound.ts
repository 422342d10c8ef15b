import { useEffect, useRef, useState } from 'react';
import { PATTERNS, type Pattern, type Sound } from './pattern';

export type SoundState = 'off' | 'on' | 'impossible';

const LOUDNESS = 0.5;
const RAMP_S = 0.02;

interface Sounding {
  state: SoundState;
  /** Browsers let a page sound only after somebody pressed something on it. */
  switchOn: () => void;
  /** One call of the loudest kind, so that people know that it works. */
  tryOut: () => void;
}

/** Calls with a sound, again and again, until the sound is `none`. */
export function useSound(sound: Sound): Sounding {
  const context = useRef<AudioContext | null>(null);
  const [state, setState] = useState<SoundState>('AudioContext' in window ? 'off' : 'impossible');
  const switchOn = () => {
    if (state === 'impossible') return;
    context.current ??= new AudioContext();
    const audio = context.current;
    audio.onstatechange = () => setState(audio.state === 'running' ? 'on' : 'off');
    audio.resume().then(() => setState(audio.state === 'running' ? 'on' : 'off'), () => setState('impossible'));
  };
  useEffect(() => {
    const pattern = PATTERNS[sound];
    if (state !== 'on' || pattern === null) return undefined;
    const call = () => play(context.current, pattern);
    call();
    const timer = setInterval(call, pattern.everyS * 1000);
    return () => clearInterval(timer);
  }, [sound, state]);
  useEffect(() => () => void context.current?.close(), []);
  return { state, switchOn, tryOut: () => play(context.current, PATTERNS.critical) };
}

function play(audio: AudioContext | null, pattern: Pattern | null): void {
  if (audio === null || pattern === null) return;
  for (const begin of pattern.beginsS) {
    const from = audio.currentTime + begin;
    const to = from + pattern.lastsS;
    const tone = audio.createOscillator();
    const gain = audio.createGain();
    tone.frequency.value = pattern.pitchHz;
    gain.gain.setValueAtTime(0, from);
    gain.gain.linearRampToValueAtTime(LOUDNESS, from + RAMP_S);
    gain.gain.setValueAtTime(LOUDNESS, to - RAMP_S);
    gain.gain.linearRampToValueAtTime(0, to);
    tone.connect(gain).connect(audio.destination);
    tone.start(from);
    tone.stop(to);
  }
}
