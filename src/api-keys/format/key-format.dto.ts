import { ApiProperty } from '@nestjs/swagger';
import { type KeyFormat } from './key-format.js';
import {
  githubPattern,
  type GithubPattern,
  gitleaksRule,
  keyPattern,
  trufflehogDetector,
} from './scanner-rules.js';

const EXAMPLE = 'capy_live_000000000000000000000000000000003UFVO5';

export class KeyChecksumBody {
  @ApiProperty({ enum: ['crc32'], description: 'As in zlib and PNG (ISO 3309), in ASCII.' })
  algorithm: 'crc32';

  @ApiProperty({ example: 6, description: 'Characters at the end, left-padded with `0`.' })
  length: number;

  @ApiProperty({
    example: '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz',
    description: 'The digits of base62, least first.',
  })
  alphabet: string;
}

export class KeyTestVectorBody {
  @ApiProperty({ example: EXAMPLE })
  key: string;

  @ApiProperty({ description: 'Whether its checksum is right.' })
  valid: boolean;
}

export class GithubPatternBody {
  @ApiProperty({ example: 'API key of capy' })
  name: string;

  @ApiProperty({ example: '(?:capy)_(?:live|test)_[0-9A-Za-z]{38}' })
  secret_format: string;

  @ApiProperty({ example: '\\A|[^0-9A-Za-z_]' })
  before: string;

  @ApiProperty({ example: '\\z|[^0-9A-Za-z_]' })
  after: string;

  @ApiProperty({ example: EXAMPLE })
  test_string: string;

  static of(pattern: GithubPattern): GithubPatternBody {
    return {
      name: pattern.name,
      secret_format: pattern.secretFormat,
      before: pattern.beforeSecret,
      after: pattern.afterSecret,
      test_string: pattern.testString,
    };
  }
}

export class ScannerRulesBody {
  @ApiProperty({
    example: '[[rules]]\nid = "capy-api-key"\n',
    description: 'TOML, for `.gitleaks.toml`.',
  })
  gitleaks: string;

  @ApiProperty({
    example: 'detectors:\n  - name: capy-api-key\n',
    description: 'YAML, for a configuration of TruffleHog.',
  })
  trufflehog: string;

  @ApiProperty({ description: 'The fields of a custom pattern of secret scanning.' })
  github: GithubPatternBody;
}

export class KeyFormatBody {
  @ApiProperty({ example: 'capy', description: 'What new keys begin with.' })
  brand: string;

  @ApiProperty({ type: [String], example: [], description: 'What older keys may begin with.' })
  former_brands: string[];

  @ApiProperty({ example: '\\b((?:capy)_(?:live|test)_[0-9A-Za-z]{38})\\b' })
  pattern: string;

  @ApiProperty({ description: 'Over everything before it.' })
  checksum: KeyChecksumBody;

  @ApiProperty({ type: [KeyTestVectorBody], description: 'No key of them exists.' })
  test_vectors: KeyTestVectorBody[];

  @ApiProperty()
  scanner_rules: ScannerRulesBody;

  static of(format: KeyFormat): KeyFormatBody {
    const { brand, formerBrands, checksumLength, alphabet } = format;
    const example = format.example();
    return {
      brand,
      former_brands: [...formerBrands],
      pattern: keyPattern(format),
      checksum: { algorithm: 'crc32', length: checksumLength, alphabet },
      test_vectors: format.testVectors(),
      scanner_rules: {
        gitleaks: gitleaksRule(format),
        trufflehog: trufflehogDetector(format),
        github: GithubPatternBody.of(githubPattern(format, example)),
      },
    };
  }
}
