import { jsonpath, type JSONPathQuery } from 'json-p3';

const { FilterSelector } = jsonpath.selectors;
const { FilterQuery, FunctionExtension, InfixExpression, LogicalExpression, PrefixExpression } =
  jsonpath.expressions;

/** Selectors and expressions of a query, those inside its filters included. */
export function* pathParts(
  query: JSONPathQuery,
): Generator<jsonpath.JSONPathSelector | jsonpath.expressions.FilterExpression> {
  for (const segment of query.segments) {
    for (const selector of segment.selectors) {
      yield selector;
      if (selector instanceof FilterSelector) yield* expressionParts(selector.expression);
    }
  }
}

function* expressionParts(expression: jsonpath.expressions.FilterExpression): ReturnType<typeof pathParts> {
  yield expression;
  if (expression instanceof LogicalExpression) yield* expressionParts(expression.expression);
  else if (expression instanceof PrefixExpression) yield* expressionParts(expression.right);
  else if (expression instanceof FilterQuery) yield* pathParts(expression.path);
  else if (expression instanceof InfixExpression) {
    yield* expressionParts(expression.left);
    yield* expressionParts(expression.right);
  } else if (expression instanceof FunctionExtension) {
    for (const argument of expression.args) yield* expressionParts(argument);
  }
}
