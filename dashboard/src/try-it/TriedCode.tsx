import { useQuery } from '@tanstack/react-query';
import { RequestCode } from '../secrets/RequestCode';
import { loadRequestSnippets, nameOf, requestText } from '../secrets/snippets';
import type { TriedRequest } from './requests';
import { curlOf, headerOf } from './requests';

const CURL = 'curl';

/** The request that was put together, for a program. */
export function TriedCode({ request }: { readonly request: TriedRequest }) {
  const { data: snippets = [] } = useQuery({
    queryKey: ['request-snippets'],
    queryFn: loadRequestSnippets,
    staleTime: Infinity,
  });
  const { origin } = window.location;
  const textIn = (language: string): string => {
    const snippet = snippets.find((one) => nameOf(one) === language);
    const header = headerOf(request);
    return (
      (snippet && requestText(snippet, origin, { ...request, header })) ?? curlOf(request, origin)
    );
  };
  return <RequestCode languages={[CURL, ...snippets.map(nameOf)]} shown={textIn} />;
}
