// Numbers of labels, as src/compute/label-index.ts gives them, from 1 on in the order in which they come: a table with open addressing. For
// kernels to take into their loops (inline.mjs).
//
// slots: 8 bytes each, a label and its number, 0 where it is empty; one more than `slotMask`, a power of two, of which half are filled
// labels: 32 bits a label in the order of their numbers
// state: how many labels there are, 32 bits

/** The number of a label; 0 if it has none. */
export function numberThere(key: u32, slots: usize, slotMask: u32): u32 {
  let slot = mixed(key) & slotMask;
  let at = slots + ((<usize>slot) << 3);
  let number = load<u32>(at, 4);
  while (number !== 0 && load<u32>(at) !== key) {
    slot = (slot + 1) & slotMask;
    at = slots + ((<usize>slot) << 3);
    number = load<u32>(at, 4);
  }
  return number;
}

/** Gives the next number to a label that has none; 0 if the table is full. */
export function enter(key: u32, slots: usize, slotMask: u32, labels: usize, state: usize): u32 {
  let slot = mixed(key) & slotMask;
  while (load<u32>(slots + ((<usize>slot) << 3), 4) !== 0) slot = (slot + 1) & slotMask;
  const number = load<u32>(state) + 1;
  if (number > mostLabels(slotMask)) return 0;
  const at = slots + ((<usize>slot) << 3);
  store<u32>(at, key);
  store<u32>(at, number, 4);
  store<u32>(labels + ((<usize>number - 1) << 2), key);
  store<u32>(state, number);
  return number;
}

/** Labels that a table holds. */
export function mostLabels(slotMask: u32): u32 {
  return (slotMask >> 1) + 1;
}

/** Neighbouring labels come far apart. */
function mixed(key: u32): u32 {
  const spread = key * 0x9e3779b1;
  return spread ^ (spread >> 15);
}
