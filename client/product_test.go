package client_test

import (
	"errors"
	"net/http"
	"testing"

	"github.com/cbscript/cbscript/client"
)

// badge is a model whose server says in the answer whether it deleted one, and whose product knows what 410 means.
var badge = client.Define(client.Kind{
	Name: "Badge", Product: "test", Route: "/api/badge", PrimaryKey: "id",
	Allows: client.CanGet | client.CanDelete,
	Deleted: func(o *client.Object, answer *client.Response) error {
		if string(answer.Body) == "done" {
			return nil
		}
		return &client.ServerError{Status: answer.Status, Message: string(answer.Body), Result: "Did not delete " + o.String()}
	},
})

func badges(status int, body string, options ...client.Option) *client.Client {
	explain := func(err client.Error) error {
		var refused *client.ServerError
		if errors.As(err, &refused) && refused.Status == http.StatusGone {
			return client.Errorf("badges were abolished: %w", err)
		}
		return err
	}
	server := &fakeServer{answer: func(*http.Request, string) (int, string) { return status, body }}
	return client.New(&client.Product{Name: "test", Title: "Test", Kinds: []*client.Kind{badge}, Explain: explain}, server, options...)
}

// TestExplain: a product says what a status means, and leaves the others as they are.
func TestExplain(t *testing.T) {
	for status, want := range map[int]string{
		410: "badges were abolished: HTTP 410 from GET https://cb.example/api/badge/7: why",
		500: "HTTP 500 from GET https://cb.example/api/badge/7: why",
	} {
		o, err := badges(status, "why").SelectID(t.Context(), badge, 7, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := o.Get(t.Context(), "name"); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// TestDeleteThatTheAnswerRefuses: an answer with a good status may say that nothing was deleted; a delete that was not
// sent has no answer.
func TestDeleteThatTheAnswerRefuses(t *testing.T) {
	deleted := func(body string, options ...client.Option) error {
		o, err := badges(200, body, options...).SelectID(t.Context(), badge, 7, nil)
		if err != nil {
			t.Fatal(err)
		}
		return o.Delete(t.Context())
	}
	if err := deleted("done"); err != nil {
		t.Error(err)
	}
	var refused *client.ServerError
	if err := deleted("in use"); !errors.As(err, &refused) || refused.Message != "in use" {
		t.Errorf("got %v", err)
	}
	if err := deleted("", client.WithGuard(&recorder{})); err != nil {
		t.Errorf("a delete that was only shown failed: %v", err)
	}
}
