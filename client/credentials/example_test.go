package credentials_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/cbscript/cbscript/client/credentials"
)

// A profile is found by its name; a misspelt one is an error that knows the nearest.
func ExampleFind() {
	home, err := os.MkdirTemp("", "home")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(home)
	options := credentials.Options{Product: credentials.Response, Home: home, Profile: "prod"}

	profile, err := credentials.New(credentials.Response, "https://cb.example/", "0123456789abcdef0123456789abcdef01234567")
	if err != nil {
		fmt.Println(err)
		return
	}
	profile.Name = "prod"
	if err := credentials.Save(options.UserFile(), profile); err != nil {
		fmt.Println(err)
		return
	}

	profile, err = credentials.Find(options)
	fmt.Println(profile.Name, profile.URL, profile.Token, filepath.Base(profile.File), err)

	options.Profile = "pord"
	_, err = credentials.Find(options)
	var e *credentials.Error
	fmt.Println(errors.As(err, &e), e.Nearest)
	// Output:
	// prod https://cb.example [redacted] credentials.response <nil>
	// true prod
}
