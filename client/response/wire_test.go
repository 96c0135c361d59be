package response_test

import (
	"cmp"
	"context"
	"fmt"
	"testing"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/internal/wiretest"
	"github.com/cbscript/cbscript/client/response"
)

// current is the version of a server where a test does not say another.
const current = "6.2.0.171114.1158"

// connection answers the requests that a connection to a server of that version begins with.
func connection(version string) wiretest.Answers {
	return wiretest.Answers{
		"GET /api/info":                        {fmt.Sprintf(`200 {"version": %q, "cblrEnabled": true}`, version)},
		"GET /api/v1/storage/events/partition": {`200 {}`},
	}
}

// serve makes a server of that version.
func serve(t testing.TB, version string, answers wiretest.Answers) *wiretest.Server {
	return wiretest.New(t, answers, connection(version))
}

// exchange is a use of the API, and what must come of it.
type exchange struct {
	name    string // begins with the row of contract/response.md that it is about
	version string // of the server; empty means current
	answers wiretest.Answers
	do      func(ctx context.Context, cb *client.Client) (any, error)
	asked   []string
	want    any
	kind    string // of the error, or empty
	text    string // part of the error's text
}

func run(t *testing.T, cases []exchange, options ...client.Option) {
	t.Helper()
	open := func(server client.Server, _ ...client.Option) *client.Client { return response.New(server, options...) }
	for _, c := range cases {
		wiretest.Run(t, open, connection(cmp.Or(c.version, current)), []wiretest.Exchange{
			{Name: c.name, Answers: c.answers, Do: c.do, Asked: c.asked, Want: c.want, Kind: c.kind, Text: c.text}})
	}
}

// invokeQuery calls a method of a query as a script does.
func invokeQuery(ctx context.Context, q *client.Query, name string, args client.Args) (any, error) {
	for _, m := range q.Kind().QueryMethods() {
		if m.Name == name {
			filled, err := client.Fill(name, m.Params, args)
			if err != nil {
				return nil, err
			}
			return m.Do(ctx, q, filled)
		}
	}
	return nil, fmt.Errorf("%s queries have no method %s", q.Kind().Name, name)
}
