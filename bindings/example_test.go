package bindings_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/cbscript/cbscript/bindings"
	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/response"
	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

func ExampleSafeCall() {
	t := &starlark.Thread{Name: "example"}
	defer bindings.Attach(t, context.Background())()
	_, err := bindings.SafeCall(t, func() (starlark.Value, error) {
		_, err := starlark.ExecFileOptions(&syntax.FileOptions{}, t, "hunt.star", "def main():\n    fail('no')\nmain()\n", nil)
		return starlark.None, err
	})
	var script *bindings.ScriptError
	if errors.As(err, &script) {
		fmt.Println(script.Backtrace())
	}
	// Output:
	// Traceback (most recent call last):
	//   hunt.star:3:5: in <toplevel>
	//   hunt.star:2:9: in main
	// Error in fail: fail: no
}

// oneSensor is a server with one sensor.
type oneSensor struct{}

func (oneSensor) URL() *url.URL { return &url.URL{Scheme: "https", Host: "cb.example"} }
func (oneSensor) RoundTrip(r *http.Request) (*http.Response, error) {
	body := `{"version": "6.2.0"}`
	if r.URL.Path == "/api/v1/sensor/3" {
		body = `{"id": 3, "computer_name": "WIN-IA9NQ1GN8OI"}`
	}
	return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}

func ExampleNewConnection() {
	cb := response.New(oneSensor{})
	connection := bindings.NewConnection(cb.Product(), func() (*client.Client, error) { return cb, nil })
	t := &starlark.Thread{Name: "example", Print: func(_ *starlark.Thread, text string) { fmt.Println(text) }}
	defer bindings.Attach(t, context.Background())()
	_, err := bindings.SafeCall(t, func() (starlark.Value, error) {
		src := "print(select(Sensor, 3).computer_name)"
		_, err := starlark.ExecFileOptions(&syntax.FileOptions{}, t, "hunt.star", src, connection.Names())
		return starlark.None, err
	})
	fmt.Println(err)
	// Output:
	// WIN-IA9NQ1GN8OI
	// <nil>
}

func ExampleToGo() {
	v, err := starlark.EvalOptions(&syntax.FileOptions{}, new(starlark.Thread), "x", `{"hosts": ["a", len]}`, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = bindings.ToGo(v)
	fmt.Println(err)
	// Output:
	// cannot convert value at ["hosts"][1] of type builtin_function_or_method: it has no plain form: pass its attributes, str(x), or a list of them
}
