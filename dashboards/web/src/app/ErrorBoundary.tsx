import { Component, type ReactNode } from 'react';
import { Failure } from '../ui/Failure';

interface Props {
  children: ReactNode;
}

interface State {
  error: Error | null;
}

/** A screen that fails says so in its own place; the bar and the other screens stay. */
export class ErrorBoundary extends Component<Props, State> {
  override state: State = { error: null };

  static getDerivedStateFromError(error: Error): State {
    return { error };
  }

  override render() {
    if (!this.state.error) return this.props.children;
    return (
      <div className="page">
        <Failure error={this.state.error} onRetry={() => this.setState({ error: null })} />
      </div>
    );
  }
}
