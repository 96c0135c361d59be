package gate_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"

	"github.com/cbscript/cbscript/client/credentials"
	"github.com/cbscript/cbscript/client/gate"
)

// A gate is the transport of an ordinary client. It adds the token, and shows it to nobody.
func ExampleNew() {
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "%s, asked by %s", r.URL.Path, r.UserAgent())
	}))
	defer server.Close()

	profile, err := credentials.New(credentials.Response, server.URL, "0123456789abcdef0123456789abcdef01234567")
	if err != nil {
		fmt.Println(err)
		return
	}
	profile.SkipVerify = true // the server of this example shows a certificate that nobody knows
	g, err := gate.New(profile, gate.WithVersion("1.0"))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer g.Close()

	client := &http.Client{Transport: g}
	resp, err := client.Get(g.URL().String() + "/api/info")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	fmt.Println(string(body), err)

	var fault *gate.Error
	_, err = client.Get("https://elsewhere.example/api/info")
	fmt.Println(errors.As(err, &fault), fault.Kind)
	// Output:
	// /api/info, asked by cbscript/1.0 <nil>
	// true refused: not this profile's server
}

// A redactor finds a token however it is written.
func ExampleRedactor() {
	r := gate.NewRedactor(credentials.NewSecret("ABCDEFGHIJKLMNOPQRSTUVWX/YZ12345678"))
	fmt.Println(r.Redact("the server said: no such key ABCDEFGHIJKLMNOPQRSTUVWX"))
	fmt.Println(r.Redact("Authorization: Basic dTpBQkNERUZHSElKS0xNTk9QUVJTVFVWV1gvWVoxMjM0NTY3OA=="))
	// Output:
	// the server said: no such key [redacted]
	// Authorization: Basic dTp[redacted]A==
}
