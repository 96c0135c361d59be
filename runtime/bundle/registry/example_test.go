package registry_test

import (
	"context"
	"fmt"
	"log"
	"os"

	"github.com/cbscript/cbscript/runtime/bundle"
	"github.com/cbscript/cbscript/runtime/bundle/registry"
)

// A directory serves as a registry in the same way as one on the network.
func ExampleRegistry() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "registry")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	b, err := bundle.Build(
		bundle.Manifest{Name: "acme/net", Version: "1.0.0", Description: "Networks."},
		map[string][]byte{"ip.star": []byte("private = [\"10.0.0.0/8\"]\n")})
	if err != nil {
		log.Fatal(err)
	}
	r, err := registry.Open("dir:"+dir, registry.Options{})
	if err != nil {
		log.Fatal(err)
	}
	if _, err := r.Publish(ctx, b, nil); err != nil {
		log.Fatal(err)
	}
	versions, err := r.Versions(ctx, "acme/net")
	if err != nil {
		log.Fatal(err)
	}
	found, err := r.Fetch(ctx, b.Ref())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(versions, bundle.DigestOf(found.Bundle) == b.Digest())
	// Output: [1.0.0] true
}
