package response

import (
	"context"
	"slices"
	"strings"

	"github.com/cbscript/cbscript/client"
)

// What threat feeds say of a process or a binary stands in its fields alliance_data_<feed>, alliance_score_<feed> and
// alliance_link_<feed>; a feed's name may have underscores of its own.
//
// Source: contract/response.md, section 12.
const tagPrefix = "alliance_"

func tagProperties() []client.Property {
	return []client.Property{
		{Name: "tags", Returns: "list of string", Doc: "Names of the threat feeds that say something of it, sorted.",
			Get: func(ctx context.Context, o *client.Object) (any, error) { return tags(ctx, o) }},
	}
}

func tags(ctx context.Context, o *client.Object) (any, error) {
	doc, err := o.Document(ctx)
	if err != nil {
		return nil, err
	}
	var names []string
	for field := range doc {
		rest, ok := strings.CutPrefix(field, tagPrefix)
		if !ok {
			continue
		}
		if part, name, ok := strings.Cut(rest, "_"); ok && slices.Contains([]string{"data", "score", "link"}, part) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	out := []any{}
	for _, name := range slices.Compact(names) {
		out = append(out, name)
	}
	return out, nil
}

func tagMethods() []client.Method {
	tag := []client.Param{{Name: "tag", Type: client.Text, Required: true, Doc: "the feed's name, as in tags"}}
	part := func(name, part, returns, doc string) client.Method {
		return client.Method{Name: name, Params: tag, Returns: returns, Doc: doc,
			Do: func(ctx context.Context, o *client.Object, args client.Args) (any, error) {
				v, _, err := o.Value(ctx, tagPrefix+part+"_"+args.Text("tag"))
				return v, err
			}}
	}
	return []client.Method{
		part("tag_data", "data", "any", "The reports of a feed that it matches; None when there are none."),
		part("tag_score", "score", "int", "The score that a feed gives it; None when there is none."),
		part("tag_link", "link", "string", "Where a feed says more; None when it does not."),
		{Name: "tag_info", Params: tag, Returns: "TagInfo", Doc: "What a feed says of it: data, score and link.",
			Do: func(ctx context.Context, o *client.Object, args client.Args) (any, error) {
				values := map[string]any{}
				for _, part := range []string{"data", "score", "link"} {
					v, _, err := o.Value(ctx, tagPrefix+part+"_"+args.Text("tag"))
					if err != nil {
						return nil, err
					}
					values[part] = v
				}
				return Facts{Name: "TagInfo", Values: values}, nil
			}},
	}
}
