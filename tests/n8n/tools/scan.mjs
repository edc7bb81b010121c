// The community scanner's own analyser on a folder: sources or what was built of them, offline.
import { analyzePackage, SOURCE_FILE_PATTERNS } from '@n8n/scan-community-package/scanner/scanner.mjs';

const [folder, leg] = process.argv.slice(2);
const patterns = leg === 'source' ? SOURCE_FILE_PATTERNS : ['**/*.js', 'package.json'];
const { passed, message, details } = await analyzePackage(folder, patterns);
console.log(leg, passed ? 'passed' : message, details ?? '');
process.exit(passed ? 0 : 1);
