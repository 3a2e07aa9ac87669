/** What a scanner looks for: `brand` first, then brands whose keys still work. */
export interface ScannedBrands {
  readonly brand: string;
  readonly formerBrands: readonly string[];
}

/** A regular expression of every key of the deployment; in the one group the whole key. */
export function keyPattern({ brand, formerBrands }: ScannedBrands): string {
  const brands = [brand, ...formerBrands].join('|');
  return `\\b((?:${brands})_(?:live|test)_[0-9A-Za-z]{38})\\b`;
}

/** What every key of the deployment begins with, for scanners that look for words first. */
function keywordsOf({ brand, formerBrands }: ScannedBrands): string[] {
  return [brand, ...formerBrands].flatMap((each) => [`${each}_live_`, `${each}_test_`]);
}

/** A rule for a `.gitleaks.toml`. */
export function gitleaksRule(brands: ScannedBrands): string {
  const { brand } = brands;
  const keywords = keywordsOf(brands).map((word) => `"${word}"`);
  return `[[rules]]
id = "${brand}-api-key"
description = "API key of ${brand}"
regex = '''${keyPattern(brands)}'''
keywords = [${keywords.join(', ')}]
`;
}

/** A custom detector for TruffleHog's configuration. */
export function trufflehogDetector(brands: ScannedBrands): string {
  const keywords = keywordsOf(brands).map((word) => `      - ${word}\n`);
  return `detectors:
  - name: ${brands.brand}-api-key
    keywords:
${keywords.join('')}    regex:
      key: '${keyPattern(brands)}'
`;
}

/** The fields of GitHub's form for a custom pattern of secret scanning. */
export interface GithubPattern {
  readonly name: string;
  readonly secretFormat: string;
  readonly beforeSecret: string;
  readonly afterSecret: string;
  readonly testString: string;
}

export function githubPattern(brands: ScannedBrands, example: string): GithubPattern {
  const alternatives = [brands.brand, ...brands.formerBrands].join('|');
  return {
    name: `API key of ${brands.brand}`,
    secretFormat: `(?:${alternatives})_(?:live|test)_[0-9A-Za-z]{38}`,
    beforeSecret: '\\A|[^0-9A-Za-z_]',
    afterSecret: '\\z|[^0-9A-Za-z_]',
    testString: example,
  };
}
