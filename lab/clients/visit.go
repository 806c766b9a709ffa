// visit LIBRARY USER-AGENT PAUSE-MS URL...
package main

import (
	"io"
	"net/http"
	"os"
	"strconv"
	"time"
)

func main() {
	pause, _ := strconv.Atoi(os.Args[3])
	client := &http.Client{Timeout: 20 * time.Second}
	for number, url := range os.Args[4:] {
		if number > 0 {
			time.Sleep(time.Duration(pause) * time.Millisecond)
		}
		request, err := http.NewRequest("GET", url, nil)
		if err != nil {
			continue
		}
		if os.Args[2] != "" {
			request.Header.Set("User-Agent", os.Args[2])
		}
		if os.Args[1] == "close" {
			request.Close = true
		}
		if answer, err := client.Do(request); err == nil {
			io.Copy(io.Discard, answer.Body)
			answer.Body.Close()
		}
	}
}
