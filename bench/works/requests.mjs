const FORM = 'application/x-www-form-urlencoded';

/** A GET with these credentials. */
export const get = (path, authorization) => ({ method: 'GET', path, headers: { authorization } });

export function postJson(path, authorization, body) {
  return send(path, authorization, 'application/json', JSON.stringify(body));
}

export function postForm(path, authorization, parameters) {
  return send(path, authorization, FORM, new URLSearchParams(parameters).toString());
}

function send(path, authorization, type, body) {
  return { method: 'POST', path, headers: { authorization, 'content-type': type }, body };
}

/** The JSON answer to a request, which has to be a success and as `isGood` says. */
export async function ask(url, { method, path, headers, body }, isGood = () => true) {
  const response = await fetch(url + path, { method, headers, body });
  const text = await response.text();
  if (response.ok && isGood(JSON.parse(text))) return JSON.parse(text);
  throw new Error(`${method} ${path}: ${response.status} ${text}`);
}

/** Answers to all of the requests, in their order, eight at a time. */
export async function askAll(url, requests, isGood) {
  const answers = [];
  for (let start = 0; start < requests.length; start += 8) {
    const some = requests.slice(start, start + 8);
    answers.push(...(await Promise.all(some.map((each) => ask(url, each, isGood)))));
  }
  return answers;
}
