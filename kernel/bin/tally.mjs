/** Adds up what the test runners report. */
import { existsSync, readFileSync } from "node:fs";

/**
 * @typedef {object} Tally
 * @property {number} passed
 * @property {number} failed
 * @property {string[]} skipped names
 */

/** @returns {Tally} */
export const emptyTally = () => ({ passed: 0, failed: 0, skipped: [] });

/** @param {Tally} into @param {Tally} tally */
export function add(into, tally) {
  into.passed += tally.passed;
  into.failed += tally.failed;
  into.skipped.push(...tally.skipped);
}

/**
 * Counts of one Vitest run. A run that failed without a failed test (a file that does not load, an error outside any
 * test, no report at all) counts as one failure: it must not be lost in the sum.
 * @param {string} file JSON report
 * @param {number} code exit status of the run
 * @returns {Tally}
 */
export function readVitest(file, code) {
  const tally = emptyTally();
  if (existsSync(file)) {
    /** @type {{ testResults: { name: string, status: string, assertionResults: { fullName: string, status: string }[] }[] }} */
    const report = JSON.parse(readFileSync(file, "utf8"));
    for (const { name, status, assertionResults } of report.testResults) {
      for (const test of assertionResults) {
        if (test.status === "passed") tally.passed += 1;
        else if (test.status === "failed") tally.failed += 1;
        else tally.skipped.push(test.fullName);
      }
      if (status === "failed" && !assertionResults.some((test) => test.status === "failed")) {
        tally.failed += 1;
        console.error(`${name} failed outside its tests`);
      }
    }
  }
  if (code !== 0 && tally.failed === 0) tally.failed = 1;
  return tally;
}

/** The line that ends a test run. @param {Tally} tally */
export const lastLine = ({ passed, failed, skipped }) =>
  `${passed} passed, ${failed} failed, ${skipped.length} skipped`;
