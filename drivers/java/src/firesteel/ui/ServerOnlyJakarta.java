package firesteel.ui;

import java.io.IOException;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

/** Lets only Firesteel's server read Spark's web pages; for Spark from 4.0 on. */
public final class ServerOnlyJakarta implements Filter {
    private UiSecret secret;

    @Override
    public void init(FilterConfig configuration) throws ServletException {
        try {
            secret = UiSecret.read();
        } catch (IOException e) {
            throw new ServletException(e);
        }
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (request instanceof HttpServletRequest
                && secret.matches(((HttpServletRequest) request).getHeader(UiSecret.HEADER))) {
            chain.doFilter(request, response);
        } else {
            ((HttpServletResponse) response).sendError(HttpServletResponse.SC_FORBIDDEN);
        }
    }

    @Override
    public void destroy() {}
}
