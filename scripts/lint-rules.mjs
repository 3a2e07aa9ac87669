/**
 * The rules of this house that no published ESLint plugin holds (security.md S58 and row 36).
 * Each is seen to report in test/quality/lint.e2e-spec.ts.
 */

const SECRET_NAME = /secret|digest|hash/i;
const EQUALITY = new Set(['===', '!==', '==', '!=']);

/** The name an expression ends in: `a` for `a`, `b` for `a.b` and `a?.b`, or undefined. */
function nameOf(node) {
  switch (node.type) {
    case 'Identifier':
      return node.name;
    case 'MemberExpression':
      return node.computed ? undefined : nameOf(node.property);
    case 'ChainExpression':
    case 'TSNonNullExpression':
    case 'TSAsExpression':
    case 'AwaitExpression':
      return nameOf(node.expression ?? node.argument);
    case 'CallExpression':
      return nameOf(node.callee);
    default:
      return undefined;
  }
}

function isSecret(node) {
  return SECRET_NAME.test(nameOf(node) ?? '');
}

/** True for what an attacker can't have guessed his way to: `undefined`, `null`, a literal. */
function isConstant(node) {
  return node.type === 'Literal' || (node.type === 'Identifier' && node.name === 'undefined');
}

/** `===` stops at the first differing byte, so its time tells how much of a guess was right. */
const noSecretComparison = {
  meta: {
    type: 'problem',
    schema: [],
    messages: { unequalTime: 'Compare secrets, digests and hashes with timingSafeEqual.' },
  },
  create(context) {
    function check(node, one, other) {
      if (isConstant(one) || isConstant(other)) return;
      if (isSecret(one) || isSecret(other)) context.report({ node, messageId: 'unequalTime' });
    }
    return {
      BinaryExpression(node) {
        if (EQUALITY.has(node.operator)) check(node, node.left, node.right);
      },
      CallExpression(node) {
        const { callee, arguments: given } = node;
        const compares =
          callee.type === 'MemberExpression' && ['equals', 'compare'].includes(nameOf(callee));
        if (!compares || given.length === 0) return;
        // Buffer.compare(a, b) has both in its arguments, a.equals(b) one before the dot.
        check(node, given.length > 1 ? given[1] : callee.object, given[0]);
      },
    };
  },
};

/** The expression that a variable was given, when it is given one only once. */
function initialValue(node, scope) {
  return definitionOf(node, scope)?.node.init ?? node;
}

function definitionOf(node, scope) {
  if (node?.type !== 'Identifier') return undefined;
  for (let current = scope; current; current = current.upper) {
    const variable = current.set.get(node.name);
    if (variable) return variable.defs[0];
  }
  return undefined;
}

function isBuilt(node, scope) {
  switch (node?.type) {
    case 'TemplateLiteral':
      return node.expressions.length > 0;
    case 'BinaryExpression':
      return !(isFixedText(node.left, scope) && isFixedText(node.right, scope));
    case 'CallExpression':
      return ['concat', 'join', 'replace', 'replaceAll'].includes(nameOf(node.callee));
    default:
      return false;
  }
}

/** Also the name of a constant that is one. */
function isFixedText(node, scope) {
  switch (node?.type) {
    case 'Identifier': {
      const definition = definitionOf(node, scope);
      return definition?.parent?.kind === 'const' && isFixedText(definition.node.init, scope);
    }
    case 'BinaryExpression':
    case 'TemplateLiteral':
      return !isBuilt(node, scope);
    default:
      return node?.type === 'Literal';
  }
}

/** Values travel beside the statement as parameters, never inside its text. */
const noBuiltSql = {
  meta: {
    type: 'problem',
    schema: [],
    messages: { built: 'SQL is one fixed text: pass values as parameters ($1, unnest($1)).' },
  },
  create(context) {
    return {
      CallExpression(node) {
        if (node.callee.type !== 'MemberExpression' || nameOf(node.callee) !== 'query') return;
        const [first] = node.arguments;
        const scope = context.sourceCode.getScope(node);
        const text = initialValue(first, scope);
        if (isBuilt(text, scope)) context.report({ node: first, messageId: 'built' });
      },
    };
  },
};

export const houseRules = {
  meta: { name: 'keycap' },
  rules: { 'no-secret-comparison': noSecretComparison, 'no-built-sql': noBuiltSql },
};
